import { type ConflictEntry, type Resolution, type Sync, SyncError } from "@owlivion/sync-client";
import type { Command } from "commander";
import { usageError } from "../cli-error.ts";
import { withSync } from "../device/with-sync.ts";
import { globalsOf } from "../globals.ts";
import { plainText, printJson, printLine, printTable, toIso } from "../terminal/print.ts";
import { readRecord } from "../terminal/read-records.ts";

interface ResolveOptions {
  readonly take?: "local" | "remote";
  readonly value?: string;
}

export function addConflicts(program: Command): void {
  const conflicts = program
    .command("conflicts")
    .description("edits of the same thing on two devices: list, show, resolve")
    .addHelpText("after", "\nExample:\n  owlivion conflicts list --dir ./a");
  addConflictsList(conflicts);
  addConflictsShow(conflicts);
  addConflictsResolve(conflicts);
}

function addConflictsList(conflicts: Command): void {
  conflicts
    .command("list")
    .description("list the open conflicts")
    .argument("[type]", "only those of a data type")
    .addHelpText(
      "after",
      `
Example:
  owlivion conflicts list contacts --dir ./a --json

JSON: an array of {id, data_type, record_id, kind, fields, base, local, remote, proposed, remote_device_id, since}
kind: fields, edit_kept, proposed_again, unreadable or refused. A side that is null had deleted the record.`,
    )
    .action(async (dataType: string | undefined, _options: unknown, command: Command) => {
      await withSync(globalsOf(command), {}, async ({ sync, isJson }) => {
        const entries = await sync.conflicts.list(dataType === undefined ? {} : { dataType });
        if (isJson) printJson(entries.map(toJson));
        else {
          const rows = entries.map(({ id, dataType, recordId, kind, fields, sinceMs }) => ({
            conflict: shortId(id),
            type: dataType,
            record: recordId,
            kind,
            fields: fields.join(", "),
            since: toIso(sinceMs),
          }));
          printTable(rows);
        }
      });
    });
}

function addConflictsShow(conflicts: Command): void {
  conflicts
    .command("show")
    .description("show both sides of a conflict")
    .argument("<conflict>", "its id, or the end of it, as list prints it")
    .addHelpText("after", "\nExample:\n  owlivion conflicts show 0198c2f0-6f2e --dir ./a\n\nJSON: as one item of list")
    .action(async (given: string, _options: unknown, command: Command) => {
      await withSync(globalsOf(command), {}, async ({ sync, isJson }) => {
        const entry = await find(sync, given);
        if (isJson) printJson(toJson(entry));
        else tell(entry);
      });
    });
}

function addConflictsResolve(conflicts: Command): void {
  conflicts
    .command("resolve")
    .description("end a conflict")
    .argument("<conflict>", "its id, or the end of it, as list prints it")
    .option("--take <side>", "local or remote: that side's values, for the fields that clash")
    .option("--value <json>", "the record as you want it")
    .addHelpText(
      "after",
      `
Examples:
  owlivion conflicts resolve 0198c2f0-6f2e --take remote --dir ./a
  owlivion conflicts resolve 0198c2f0-6f2e --value '{"name":"Ada","notes":"both"}'

JSON: {id, data_type, record_id}`,
    )
    .action(async (given: string, options: ResolveOptions, command: Command) => {
      const resolution = readResolution(options);
      await withSync(globalsOf(command), {}, async ({ sync, isJson }) => {
        const { id, dataType, recordId } = await find(sync, given);
        await sync.conflicts.resolve(id, resolution);
        if (isJson) printJson({ id, data_type: dataType, record_id: recordId });
        else printLine("Resolved.");
      });
    });
}

function readResolution({ take, value }: ResolveOptions): Resolution {
  if ((take === undefined) === (value === undefined))
    throw usageError("Add --take local, --take remote or --value JSON.");
  if (value !== undefined) return { value: readRecord(value) };
  if (take === "local" || take === "remote") return take;
  throw usageError("--take is local or remote.");
}

async function find(sync: Sync, given: string): Promise<ConflictEntry> {
  const entries = await sync.conflicts.list();
  const found = entries.find(({ id }) => id === given);
  const similar = entries.filter(({ id }) => id.endsWith(given) || shortId(id).startsWith(given));
  if (found === undefined && similar.length > 1)
    throw usageError(`${similar.length} conflicts have such an id. Give more of it.`);
  const entry = found ?? similar[0];
  if (entry === undefined) throw new SyncError("CONFLICT_NOT_FOUND");
  return entry;
}

/** The UUID alone: the rest of an id is the record's. */
const shortId = (id: string): string => id.slice(id.lastIndexOf("/") + 1);

const toJson = (entry: ConflictEntry) => ({
  id: entry.id,
  data_type: entry.dataType,
  record_id: entry.recordId,
  kind: entry.kind,
  fields: entry.fields,
  base: entry.base,
  local: entry.local,
  remote: entry.remote,
  proposed: entry.proposed,
  remote_device_id: entry.remoteDeviceId,
  since: toIso(entry.sinceMs),
});

function tell(entry: ConflictEntry): void {
  printLine(`${entry.kind} in ${entry.dataType}/${plainText(entry.recordId)} since ${toIso(entry.sinceMs)}`);
  const names = entry.fields.length > 0 ? entry.fields : [...namesOf(entry)];
  const cell = (side: ConflictEntry["local"], name: string): unknown => (side === null ? "(none)" : side[name]);
  printTable(
    names.map((field) => ({
      field,
      before: cell(entry.base, field),
      local: cell(entry.local, field),
      remote: cell(entry.remote, field),
      "shown now": cell(entry.proposed, field),
    })),
  );
}

function namesOf({ base, local, remote }: ConflictEntry): Set<string> {
  return new Set([base, local, remote].flatMap((side) => Object.keys(side ?? {})));
}
