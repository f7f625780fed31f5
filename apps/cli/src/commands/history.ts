import type { HistoryEntry } from "@owlivion/sync-client";
import type { Command } from "commander";
import { withSync } from "../device/with-sync.ts";
import { globalsOf, readCount } from "../globals.ts";
import { readId } from "../id-argument.ts";
import { printJson, printNote, printTable } from "../terminal/print.ts";

interface Options {
  readonly limit: number;
  readonly before?: number;
}

export function addHistory(program: Command): void {
  program
    .command("history")
    .description("show what a record was; asks the server")
    .argument("<type>", "the data type")
    .argument("<id>", "the record's id; one that was deleted too", readId)
    .option("--limit <count>", "at most so many changes", readCount, 20)
    .option("--before <version>", "only changes before this version", readCount)
    .addHelpText(
      "after",
      `
Example:
  owlivion history contacts 3f0c6f9a --dir ./a

JSON: {entries: [{version, changed_at, device_id, kind, fields, changes, problem, is_current, is_linked}], next,
       is_complete, horizon}
kind: put or deleted. changes: the fields that differ from the entry before. next: for --before, or null.`,
    )
    .action(async (type: string, id: string, { limit, before }: Options, command: Command) => {
      await withSync(globalsOf(command), { dataType: type }, async ({ sync, signal, isJson }) => {
        const range = { limit, signal, ...(before === undefined ? {} : { before }) };
        const { entries, next, isComplete, horizon } = await sync.history.list(type, id, range);
        if (isJson) return printJson({ entries: entries.map(toJson), next, is_complete: isComplete, horizon });
        printTable(
          entries.map((entry) => ({
            version: entry.version,
            when: entry.changedAt,
            device: entry.deviceId.slice(0, 8),
            what: entry.problem ?? (entry.isCurrent ? `${entry.kind}, current` : entry.kind),
            fields: entry.changes?.join(", ") ?? "?",
          })),
        );
        if (next !== null) printNote(`There is more: --before ${next}`);
      });
    });
}

const toJson = (entry: HistoryEntry) => ({
  version: entry.version,
  changed_at: entry.changedAt,
  device_id: entry.deviceId,
  kind: entry.kind,
  fields: entry.fields,
  changes: entry.changes,
  problem: entry.problem,
  is_current: entry.isCurrent,
  is_linked: entry.isLinked,
});
