import { readFileSync, writeFileSync } from "node:fs";
import type { TapeEntry } from "../tapes/fault-tape.ts";
import type { Plan } from "../tapes/plan.ts";

/** A failure that anybody can play again: the seed, both tapes, what broke, and how it came to that. */
export interface CaseFile {
  readonly commit: string;
  readonly seed: number;
  readonly plan: Plan;
  readonly entries: readonly TapeEntry[];
  readonly hash: string;
  readonly oracle: string;
  readonly message: string;
  readonly trace: readonly string[];
}

export const readCase = (path: string): CaseFile => JSON.parse(readFileSync(path, "utf8")) as CaseFile;

/** One line for each thing, so that a difference can be read. */
export function writeCase(path: string, { plan, entries, trace, ...head }: CaseFile): void {
  const lines = (list: readonly unknown[]): string =>
    list.length === 0 ? "[]" : `[\n${list.map((each) => `      ${JSON.stringify(each)}`).join(",\n")}\n    ]`;
  const { workload, weather, ...rest } = plan;
  const text = `{
  ${Object.entries(head)
    .map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`)
    .join(",\n  ")},
  "plan": {
    ${Object.entries(rest)
      .map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`)
      .join(",\n    ")},
    "workload": { "devices": ${JSON.stringify(workload.devices)}, "hotRecords": ${workload.hotRecords}, "operations": ${lines(workload.operations)} },
    "weather": { "swarm": ${JSON.stringify(weather.swarm)}, "disturbances": ${lines(weather.disturbances)} }
  },
  "entries": ${lines(entries)},
  "trace": ${lines(trace.slice(-200))}
}
`;
  writeFileSync(path, text);
}
