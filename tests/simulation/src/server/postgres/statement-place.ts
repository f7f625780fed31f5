/** The functions of the product that its statements call: each is a place of that name. */
const functions = [
  "open_collection",
  "apply_batch",
  "read_current_records",
  "begin_epoch",
  "sweep_history",
  "sweep_tombstones",
  "version_at",
] as const;

/** What a statement is called where its faults are decided: by the function it calls, else by its verb and table. */
export function placeOf(query: unknown): string {
  const text = textOf(query);
  if (text.includes("_since(")) return "read_since";
  const known = functions.find((name) => text.includes(`${name}(`));
  if (known !== undefined) return known;
  if (text.startsWith("copy (") || text.includes("\ncopy (")) return "read_page";
  const match = /^(select|insert|update|delete|with|begin|commit|rollback|set|reset)\b/.exec(text);
  const verb = match?.[1] ?? "statement";
  const table = /\b(?:from|into|update) ([a-z_]+)/.exec(text)?.[1];
  return table === undefined ? verb : `${verb} ${table}`;
}

/** The collection whose row a statement locks; null: another, or none. */
export function lockedCollection(query: unknown, values: readonly unknown[]): string | null {
  const text = textOf(query);
  const opened = /open_collection\('([0-9a-f-]{36})'[^,]*, ([0-9]+)/.exec(text);
  if (opened !== null) return `${opened[1]} ${opened[2]}`;
  return text.startsWith("update sync_data s set proof") ? `${String(values[0])} ${String(values[1])}` : null;
}

/** Where nothing is decided: a transaction that begins or is given up has nothing to lose. */
export const isFree = (place: string): boolean => ["begin", "rollback", "set", "reset"].includes(place);

/** Of a submitted batch of statements the driver tells nothing: its text is asked for as it is sent. */
function textOf(query: unknown): string {
  if (typeof query !== "object" || query === null) return String(query).trimStart();
  if ("text" in query) return String(query.text).trimStart();
  let text = "";
  if ("submit" in query && typeof query.submit === "function") {
    query.submit({ query: (sent: string) => void (text = sent) });
  }
  return text;
}
