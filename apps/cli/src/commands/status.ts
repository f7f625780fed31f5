import type { Command } from "commander";
import { attentionText, toAttentionJson } from "../device/attention-text.ts";
import { countedStatus } from "../device/counted-status.ts";
import { chooseDirectory, isDeviceDirectory } from "../device/data-directory.ts";
import { type Device, withSync } from "../device/with-sync.ts";
import { exitCodes } from "../exit-codes.ts";
import { globalsOf } from "../globals.ts";
import { countOf, printJson, printLine, toIso } from "../terminal/print.ts";

export function addStatus(program: Command): void {
  program
    .command("status")
    .description("who is signed in here, what waits to be sent, what waits for you; asks no server")
    .option("--check", "exit with 3 when nobody is signed in, with 5 when something waits for you")
    .addHelpText(
      "after",
      `
Example:
  owlivion status --dir ./a

JSON: {state, dir, url, email, account_id, device_id, device_name, ended_by, waiting, last_sync,
       attention: [{kind, data_type, count}], records: {DATA_TYPE: count}}
state: signed_out, locked or signed_in. ended_by: why the server takes this sign-in no more, or null.`,
    )
    .action(async ({ check }: { check?: true }, command: Command) => {
      const globals = globalsOf(command);
      const directory = chooseDirectory(globals.dir);
      const report = (await isDeviceDirectory(directory))
        ? await withSync(globals, { needsAccount: false }, readReport)
        : emptyReport(directory);
      if (globals.json === true) printJson({ ...report, attention: report.attention.map(toAttentionJson) });
      else tell(report);
      if (check !== true) return;
      if (report.state !== "signed_in" || report.ended_by !== null) process.exitCode = exitCodes.notSignedIn;
      else if (report.attention.length > 0) process.exitCode = exitCodes.attention;
    });
}

type Report = Awaited<ReturnType<typeof readReport>>;

async function readReport({ sync, dataTypes, directory, url }: Device) {
  const status = await countedStatus(sync, dataTypes[0]!);
  const records: Record<string, number> = {};
  for (const dataType of dataTypes) {
    const count = await sync.collection(dataType).count();
    if (count > 0) records[dataType] = count;
  }
  const { account } = sync;
  const { state } = status;
  return {
    state: state === "signed_out" || state === "locked" ? state : ("signed_in" as const),
    dir: directory,
    url: url as string | null,
    email: account?.email ?? null,
    account_id: account?.accountId ?? null,
    device_id: account?.deviceId ?? null,
    device_name: account?.deviceName ?? null,
    ended_by: account?.endedBy ?? null,
    waiting: status.waiting,
    last_sync: toIso(status.lastSyncMs),
    attention: status.attention,
    records,
  };
}

const emptyReport = (directory: string): Report => ({
  state: "signed_out",
  dir: directory,
  url: null,
  email: null,
  account_id: null,
  device_id: null,
  device_name: null,
  ended_by: null,
  waiting: 0,
  last_sync: null,
  attention: [],
  records: {},
});

function tell(report: Report): void {
  const { state, email, url, ended_by: endedBy } = report;
  if (email === null) printLine(`Nobody is signed in. (${report.dir})`);
  else printLine(`${email} at ${url}${state === "locked" ? ", signed out: owlivion login" : ""}`);
  if (endedBy !== null && state !== "locked")
    printLine(`The server has ended this sign-in (${endedBy}): owlivion login`);
  for (const [dataType, count] of Object.entries(report.records)) printLine(`${count} ${dataType}`);
  if (email !== null)
    printLine(`${countOf(report.waiting, "edit")} to send; last sync ${report.last_sync ?? "unknown"}`);
  for (const each of report.attention) printLine(`Waits for you: ${attentionText(each)}`);
}
