import type { RunResult, SyncStatus } from "@owlivion/sync-client";
import type { Command } from "commander";
import { CliError } from "../cli-error.ts";
import { attentionText, toAttentionJson } from "../device/attention-text.ts";
import { countedStatus } from "../device/counted-status.ts";
import { type Device, withSync } from "../device/with-sync.ts";
import { exitCodes } from "../exit-codes.ts";
import { globalsOf } from "../globals.ts";
import { openProgressBar } from "../terminal/progress-bar.ts";
import { countOf, formatBytes, printJson, printLine, printNote } from "../terminal/print.ts";

export function addSync(program: Command): void {
  program
    .command("sync")
    .description("send what was edited here and fetch what was edited elsewhere, once")
    .option("--check", "exit with 5 when something waits for you: conflicts, deletions to confirm …")
    .addHelpText(
      "after",
      `
Interrupted at any point, it goes on where it was. While "owlivion watch" runs on the same folder, that one does the work,
and this waits for it.

Example:
  owlivion sync --dir ./a

JSON: {pulled, pushed, conflicts, waiting, attention: [{kind, data_type, count}],
       failures: [{data_type, code, message}], sent_bytes, received_bytes}
waiting: edits that the server has not taken yet. Bytes are those of bodies, before HTTP compresses them.`,
    )
    .action(async ({ check }: { check?: true }, command: Command) => {
      await withSync(globalsOf(command), {}, async (device) => {
        const result = await run(device);
        const status = await countedStatus(device.sync, device.dataTypes[0]!);
        tell(device, result, status);
        const [failure] = result.failures;
        if (failure !== undefined) {
          const message = `${failure.dataType} was not synced: ${failure.error.message}`;
          throw new CliError(message, { code: failure.error.code });
        }
        if (check === true && status.attention.length > 0) process.exitCode = exitCodes.attention;
      });
    });
}

async function run({ sync, signal, isJson }: Device): Promise<RunResult> {
  const bar = openProgressBar(isJson);
  const atStart = { waiting: sync.status.waiting };
  const unsubscribe = sync.onStatus((status) => {
    if (status.state !== "syncing") return;
    const { progress, waiting } = status;
    if (progress !== null && progress.totalRecords !== progress.records) {
      bar.show(`fetching ${progress.dataType}`, progress.records, progress.totalRecords, progress.bytes);
    } else if (waiting > 0) {
      atStart.waiting = Math.max(atStart.waiting, waiting);
      bar.show("sending", atStart.waiting - waiting, atStart.waiting);
    }
  });
  try {
    return await sync.syncNow({ signal, prove: true });
  } finally {
    unsubscribe();
    bar.end();
  }
}

function tell({ sync, isJson }: Device, result: RunResult, { waiting, attention }: SyncStatus): void {
  const { sentBytes, receivedBytes } = sync.traffic;
  if (isJson) {
    printJson({
      pulled: result.pulled,
      pushed: result.pushed,
      conflicts: result.conflicts,
      waiting,
      attention: attention.map(toAttentionJson),
      failures: result.failures.map(({ dataType, error: { code, message } }) => ({
        data_type: dataType,
        code,
        message,
      })),
      sent_bytes: sentBytes,
      received_bytes: receivedBytes,
    });
    return;
  }
  const bytes = `${formatBytes(sentBytes)} out, ${formatBytes(receivedBytes)} in`;
  printLine(`${countOf(result.pulled, "change")} fetched, ${result.pushed} sent (${bytes}).`);
  if (waiting > 0) printNote(`${countOf(waiting, "edit")} not sent yet.`);
  for (const each of attention) printNote(`Waits for you: ${attentionText(each)}`);
}
