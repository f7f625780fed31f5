import { readFileSync } from "node:fs";
import type { Acknowledgement } from "./acknowledgement.ts";
import { Expectations, type JournalEntry } from "./expectations.ts";

/** What a device process writes down. */
export type JournalLine =
  | { readonly kind: "edit"; readonly entry: JournalEntry }
  | { readonly kind: "acknowledged"; readonly acknowledgement: Acknowledgement };

export function readJournal(path: string): { expectations: Expectations; acknowledged: Acknowledgement[] } {
  const expectations = new Expectations();
  const acknowledged: Acknowledgement[] = [];
  for (const text of readFileSync(path, "utf8").split("\n")) {
    if (text === "") continue;
    const line = JSON.parse(text) as JournalLine;
    if (line.kind === "edit") expectations.take(line.entry);
    else acknowledged.push(line.acknowledgement);
  }
  return { expectations, acknowledged };
}
