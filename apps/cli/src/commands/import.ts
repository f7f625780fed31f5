import { type ImportOptions, type ImportReport, isSyncError } from "@owlivion/sync-client";
import type { Command } from "commander";
import { type Device, withSync } from "../device/with-sync.ts";
import { readVariable } from "../environment.ts";
import { globalsOf, readPath } from "../globals.ts";
import { typeSecret } from "../terminal/ask-password.ts";
import { openInput } from "../terminal/input-file.ts";
import { openProgressBar } from "../terminal/progress-bar.ts";
import { printJson, printLine, printNote } from "../terminal/print.ts";

interface Options {
  readonly dryRun?: true;
  readonly keepDeleted?: true;
}

export function addImport(program: Command): void {
  program
    .command("import")
    .description("take over what export wrote, of this account or another")
    .argument("<file>", "the file; - is standard input", readPath)
    .option("--dry-run", "only say what would happen")
    .option("--keep-deleted", "what was deleted here stays deleted")
    .addHelpText(
      "after",
      `
Newer values here stay; what cannot be told apart becomes a conflict; the same file again changes nothing. A sealed file needs
its password: typed, or from OWLIVION_EXPORT_PASSWORD. A vCard file: owlivion contacts import.

Example:
  owlivion import backup.ndjson --dir ./a

JSON: {added, updated, unchanged, kept, clashing, stayed_deleted, unknown_types: {TYPE: count}, invalid, secrets_dropped,
       conflicts}`,
    )
    .action(async (file: string, options: Options, command: Command) => {
      await withSync(globalsOf(command), {}, async (device) => {
        const report = await importFile(device, file, options);
        if (device.isJson) return printJson(toJson(report));
        const { added, updated, unchanged, kept, clashing } = report;
        const would = options.dryRun === true ? "would be " : "";
        printLine(`${added} ${would}added, ${updated} ${would}updated, ${unchanged} the same, ${kept} newer here.`);
        if (clashing > 0) printNote(`${clashing} differ, and nothing tells which is newer: owlivion conflicts list`);
        for (const [type, count] of Object.entries(report.unknownTypes)) printNote(`${count} left out: ${type}`);
        if (report.invalid > 0) printNote(`${report.invalid} cannot be records here, and were left out.`);
      });
    });
}

async function importFile(device: Device, file: string, { dryRun, keepDeleted }: Options): Promise<ImportReport> {
  const given = readVariable("OWLIVION_EXPORT_PASSWORD");
  const options: ImportOptions = {
    bringBack: keepDeleted !== true,
    ...(given === undefined ? {} : { password: given }),
  };
  // What comes on standard input comes once.
  if (file === "-") return await run(device, file, { ...options, mode: dryRun === true ? "preview" : "merge" });
  // First to its end without changing anything: a file that is cut off is found out before.
  const { password, report } = await preview(device, file, options);
  if (dryRun === true) return report;
  return await run(device, file, { ...options, ...(password === undefined ? {} : { password }) });
}

async function preview(device: Device, file: string, options: ImportOptions) {
  try {
    return { report: await run(device, file, { ...options, mode: "preview" }), password: options.password };
  } catch (error) {
    if (!isSyncError(error, "PASSWORD_NEEDED")) throw error;
    const password = await typeSecret("The export's password:", "OWLIVION_EXPORT_PASSWORD");
    return { report: await run(device, file, { ...options, password, mode: "preview" }), password };
  }
}

async function run({ sync, signal, isJson }: Device, file: string, options: ImportOptions): Promise<ImportReport> {
  const bar = openProgressBar(isJson);
  const label = options.mode === "preview" ? "reading" : "importing";
  try {
    const onProgress = (records: number): void => bar.show(label, records, null);
    return await sync.importData(await openInput(file), { ...options, signal, onProgress });
  } finally {
    bar.end();
  }
}

const toJson = (report: ImportReport) => ({
  added: report.added,
  updated: report.updated,
  unchanged: report.unchanged,
  kept: report.kept,
  clashing: report.clashing,
  stayed_deleted: report.stayedDeleted,
  unknown_types: report.unknownTypes,
  invalid: report.invalid,
  secrets_dropped: report.secretsDropped,
  conflicts: report.conflicts,
});
