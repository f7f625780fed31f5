import type { RestorePoint, RestorePreview } from "@owlivion/sync-client";
import type { Command } from "commander";
import { usageError } from "../cli-error.ts";
import { type Device, withSync } from "../device/with-sync.ts";
import { globalsOf } from "../globals.ts";
import { readId } from "../id-argument.ts";
import { askOrRefuse } from "../terminal/ask.ts";
import { openProgressBar } from "../terminal/progress-bar.ts";
import { countOf, printJson, printLine, printNote, printTable } from "../terminal/print.ts";

interface Options {
  readonly to: string;
  readonly dryRun?: true;
  readonly yes?: true;
}

export function addRestore(program: Command): void {
  program
    .command("restore")
    .description("bring back one record, or all of a data type as they were at a time")
    .argument("<type>", "the data type")
    .argument("[id]", "the record's id; all records when absent", readId)
    .requiredOption("--to <point>", "a version, as history prints it; for all records also a time, RFC 3339")
    .option("--dry-run", "all records: only say what would change")
    .option("--yes", "all records: do not ask")
    .addHelpText(
      "after",
      `
A restore is a new edit: the history keeps what is there now, and the next sync sends it. All records: it syncs first, shows
what would change, and asks. Interrupted, the same command does the rest.

Examples:
  owlivion restore contacts 3f0c6f9a --to 17 --dir ./a
  owlivion restore contacts --to 2026-03-01T12:00:00Z --dry-run

JSON: one record {id, changed}; all {as_of, bring_back, revert, remove, unchanged, unreadable, applied,
      skipped: [{id, reason}], changes: [{id, kind}]}; with --dry-run applied is 0`,
    )
    .action(async (type: string, id: string | undefined, options: Options, command: Command) => {
      await withSync(globalsOf(command), { dataType: type }, async (device) => {
        await (id === undefined ? restoreAll(device, type, options) : restoreOne(device, type, id, options.to));
      });
    });
}

async function restoreOne({ sync, isJson }: Device, type: string, id: string, to: string): Promise<void> {
  if (!isVersion(to)) throw usageError("One record: --to is a version, as history prints it.");
  const changed = await sync.history.restore(type, id, Number(to));
  if (isJson) printJson({ id, changed });
  else printLine(changed ? `Restored ${id}.` : `${id} is like that already.`);
}

async function restoreAll(device: Device, type: string, { to, dryRun, yes }: Options): Promise<void> {
  const { sync, signal, isJson } = device;
  const preview = await sync.restoreTo(type, readPoint(to), { signal });
  const changes: { id: string; kind: string }[] = [];
  for await (const { recordId, kind } of preview.changes()) changes.push({ id: recordId, kind });
  if (!isJson) showPreview(preview, changes);
  let result: Awaited<ReturnType<RestorePreview["apply"]>> = { applied: 0, skipped: [] };
  if (dryRun !== true && changes.length > 0) {
    await askOrRefuse(`Change ${countOf(changes.length, "record")} of ${type} like that?`, yes);
    result = await apply(device, preview);
  }
  const { bringBack, ...counts } = preview.counts;
  const skipped = result.skipped.map(({ recordId, reason }) => ({ id: recordId, reason }));
  if (isJson) {
    printJson({ as_of: preview.asOf, bring_back: bringBack, ...counts, applied: result.applied, skipped, changes });
  } else if (dryRun !== true) {
    printLine(`Restored ${countOf(result.applied, "record")}.`);
    for (const { id, reason } of skipped) printNote(`${id} is left as it is: ${reason}`);
  }
}

async function apply({ signal, isJson }: Device, preview: RestorePreview) {
  const bar = openProgressBar(isJson);
  try {
    return await preview.apply({ signal, onProgress: (done, total) => bar.show("restoring", done, total) });
  } finally {
    bar.end();
  }
}

const shownChanges = 20;

function showPreview({ counts, asOf }: RestorePreview, changes: readonly { id: string; kind: string }[]): void {
  const { bringBack, revert, remove, unchanged, unreadable } = counts;
  printNote(
    `As of version ${asOf}: ${bringBack} would come back, ${revert} be as they were, ${remove} go; ${unchanged} stay.`,
  );
  if (unreadable > 0)
    printNote(`${countOf(unreadable, "record")} of that time cannot be opened, and stay as they are.`);
  if (changes.length === 0) return;
  printTable(changes.slice(0, shownChanges));
  if (changes.length > shownChanges) printLine(`… and ${changes.length - shownChanges} more`);
}

const isVersion = (text: string): boolean => /^\d{1,15}$/.test(text);

function readPoint(text: string): RestorePoint {
  if (isVersion(text)) return { version: Number(text) };
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) throw usageError("--to is a version, or a time such as 2026-03-01T12:00:00Z.");
  return time;
}
