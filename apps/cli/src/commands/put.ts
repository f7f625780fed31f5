import { isSyncError, type RecordFields, SyncError } from "@owlivion/sync-client";
import type { Command } from "commander";
import { type Device, withSync } from "../device/with-sync.ts";
import { globalsOf } from "../globals.ts";
import { readArgumentOrInput } from "../terminal/input-file.ts";
import { openProgressBar } from "../terminal/progress-bar.ts";
import { countOf, printJson, printLine, printNote } from "../terminal/print.ts";
import { type JsonRecord, readRecords } from "../terminal/read-records.ts";

type Given = RecordFields & { readonly id?: string };

const recordsPerStep = 500;

export function addPut(program: Command): void {
  program
    .command("put")
    .description("add records, or replace those that are there")
    .argument("<type>", "the data type")
    .argument("[json]", "a record, or an array of them; standard input when absent or -, which may be one on each line")
    .addHelpText(
      "after",
      `
A record with an id replaces the one of that id. Without an id it is found by what tells records of its type apart (a
contact's first e-mail address, a preference's key), and then fields that are not given stay; else it is new. Prints the ids.

Examples:
  owlivion put contacts '{"name":"Ada Lovelace","emails":["ada@example.com"]}' --dir ./a
  owlivion put preferences '{"key":"theme","value":"dark"}'
  owlivion put contacts < contacts.ndjson

JSON: {ids: [ID]}, in the order of the records`,
    )
    .action(async (type: string, json: string | undefined, _options: unknown, command: Command) => {
      await withSync(globalsOf(command), { dataType: type }, async (device) => {
        const records = readRecords(await readArgumentOrInput(json, "a record as JSON"));
        const ids = await putAll(device, type, records);
        if (device.isJson) printJson({ ids });
        else for (const id of ids) printLine(id);
      });
    });
}

async function putAll(
  { sync, signal, isJson }: Device,
  type: string,
  records: readonly JsonRecord[],
): Promise<string[]> {
  const collection = sync.collection(type);
  const bar = openProgressBar(isJson || records.length <= recordsPerStep);
  const ids: string[] = [];
  try {
    for (let at = 0; at < records.length; at += recordsPerStep) {
      if (signal.aborted) throw new SyncError("CANCELLED");
      ids.push(...(await collection.putMany(records.slice(at, at + recordsPerStep) as readonly Given[])));
      bar.show(type, ids.length, records.length);
    }
    return ids;
  } catch (error) {
    bar.end();
    if (ids.length > 0 && isSyncError(error) && !isJson) {
      printNote(`${countOf(ids.length, "record")} of ${records.length} are in; those from the next one on are not.`);
    }
    throw error;
  } finally {
    bar.end();
  }
}
