/** Fields whose values are random: which of them is equal to which is all that two servers can have in common. */
const randomFields: ReadonlySet<string> = new Set(["epoch", "next_cursor", "access_token", "refresh_token", "id"]);

/** Answers in which random values are numbered by their first appearance. */
export class Normalized {
  readonly #names = new Map<string, string>();

  text(answer: unknown): string {
    return JSON.stringify(sorted(answer), (field, value: unknown) =>
      typeof value === "string" && randomFields.has(field) ? this.#name(field, value) : value,
    );
  }

  #name(field: string, value: string): string {
    // A cursor says where it stands by more than its place in a tape: equal ones need not look equal.
    if (field !== "epoch") return field;
    let name = this.#names.get(value);
    if (name === undefined) this.#names.set(value, (name = `${field} ${this.#names.size}`));
    return name;
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, field]) => [name, sorted(field)]),
  );
}
