import type { RecordFields } from "@owlivion/sync-client";
import type { Command } from "commander";
import { withSync } from "../device/with-sync.ts";
import { globalsOf } from "../globals.ts";
import { readId } from "../id-argument.ts";
import { readArgumentOrInput } from "../terminal/input-file.ts";
import { printJson, printLine } from "../terminal/print.ts";
import { readRecord } from "../terminal/read-records.ts";

export function addPatch(program: Command): void {
  program
    .command("patch")
    .description("change some fields of a record")
    .argument("<type>", "the data type")
    .argument("<id>", "the record's id", readId)
    .argument("[json]", "an object of the fields to change, null for one to remove; standard input when absent or -")
    .addHelpText(
      "after",
      `
Example:
  owlivion patch contacts 3f0c6f9a '{"notes":"met in London"}' --dir ./b

JSON: {id}`,
    )
    .action(async (type: string, id: string, json: string | undefined, _options: unknown, command: Command) => {
      await withSync(globalsOf(command), { dataType: type }, async ({ sync, isJson }) => {
        const fields = readRecord(await readArgumentOrInput(json, "the fields as JSON"));
        await sync.collection(type).patch(id, fields as RecordFields);
        if (isJson) printJson({ id });
        else printLine(`Changed ${id}.`);
      });
    });
}
