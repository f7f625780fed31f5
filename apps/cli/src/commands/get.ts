import { SyncError } from "@owlivion/sync-client";
import type { Command } from "commander";
import { idFirst } from "../device/record-text.ts";
import { withSync } from "../device/with-sync.ts";
import { globalsOf } from "../globals.ts";
import { readId } from "../id-argument.ts";
import { plainText, printJson, printLine } from "../terminal/print.ts";

export function addGet(program: Command): void {
  program
    .command("get")
    .description("show one record")
    .argument("<type>", "the data type")
    .argument("<id>", "the record's id, as list prints it", readId)
    .option("--state", "what is special about the record, instead of the record: edits that wait, conflicts …")
    .addHelpText(
      "after",
      `
Example:
  owlivion get contacts 3f0c6f9a --dir ./b --json

JSON: {id, …fields}; with --state {id, is_waiting, held_because, problem, mark, open_conflicts}`,
    )
    .action(async (type: string, id: string, { state }: { state?: true }, command: Command) => {
      await withSync(globalsOf(command), { dataType: type }, async ({ sync, isJson }) => {
        const collection = sync.collection(type);
        const record = await collection.get(id);
        const special = await collection.state(id);
        if (record === undefined && (state !== true || (!special.isWaiting && special.mark === null))) {
          throw new SyncError("RECORD_NOT_FOUND");
        }
        const shown =
          state === true || record === undefined
            ? {
                id,
                is_waiting: special.isWaiting,
                held_because: special.heldBecause,
                problem: special.problem,
                mark: special.mark,
                open_conflicts: special.openConflicts,
              }
            : idFirst(record);
        if (isJson) return printJson(shown);
        for (const [name, value] of Object.entries(shown)) {
          printLine(`${plainText(name)}: ${plainText(typeof value === "string" ? value : JSON.stringify(value))}`);
        }
      });
    });
}
