import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { PlannerCase } from "./steps.ts";

const folder = join(import.meta.dirname, "../../corpus/planner");

/** What was found before, shrunk. */
export function readCorpus(): readonly { readonly name: string; readonly world: PlannerCase }[] {
  return readdirSync(folder)
    .toSorted()
    .map((name) => ({ name, world: JSON.parse(readFileSync(join(folder, name), "utf8")) as PlannerCase }));
}
