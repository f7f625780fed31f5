import type { Sync, SyncStatus } from "@owlivion/sync-client";
import type { Command } from "commander";
import { once } from "node:events";
import { CliError } from "../cli-error.ts";
import { eventText, toEventJson } from "../device/event-json.ts";
import { type Device, withSync } from "../device/with-sync.ts";
import { exitCodes } from "../exit-codes.ts";
import { globalsOf } from "../globals.ts";
import { plainText, toIso } from "../terminal/print.ts";

export function addWatch(program: Command): void {
  program
    .command("watch")
    .description("sync live, and print what happens, until Ctrl-C")
    .addHelpText(
      "after",
      `
Other commands work on the same folder meanwhile; what they edit is sent within seconds. Of several watches on one folder
one syncs, and the next takes over when that ends. Exits with 3 when somebody signs out.

Example:
  owlivion watch --dir ./a

JSON: one object on each line: {type: "status", state, waiting, attention} when the status changes, and events,
{type: "change", data_type, record_ids}, {type: "conflict", id, data_type, record_id, kind, fields, since},
{type: "error", error: {code, message}} …`,
    )
    .action(async (_options: unknown, command: Command) => {
      await withSync(globalsOf(command), {}, async (device) => await watch(device));
    });
}

async function watch({ sync, signal, isJson }: Device): Promise<void> {
  const say = (json: object, text: string): void => {
    const line = isJson
      ? JSON.stringify({ at: toIso(Date.now()), ...json })
      : `${new Date().toLocaleTimeString("en-GB")}  ${plainText(text)}`;
    process.stdout.write(`${line}\n`);
  };
  const ended = new AbortController();
  // Nobody reads any more: there is nothing left to do.
  process.stdout.on("error", () => ended.abort());
  let shown = "";
  const showStatus = (status: SyncStatus): void => {
    const { json, text } = statusLine(status);
    if (text === shown) return;
    shown = text;
    say(json, text);
  };
  sync.on((event) => {
    say(toEventJson(event), eventText(event));
    if (event.type === "session" && event.state !== "unlocked") ended.abort();
  });
  sync.onStatus(showStatus);
  sync.start();
  await nextOf(signal, ended.signal);
  await sync.stop();
  if (!signal.aborted) requireSession(sync);
}

const nextOf = async (...signals: readonly AbortSignal[]): Promise<void> => {
  const any = AbortSignal.any([...signals]);
  if (!any.aborted) await once(any, "abort");
};

function requireSession({ status }: Sync): void {
  if (status.state !== "signed_out" && status.state !== "locked") return;
  throw new CliError("Somebody has signed out here.", { code: "NOT_SIGNED_IN", exitCode: exitCodes.notSignedIn });
}

function statusLine(status: SyncStatus): { json: object; text: string } {
  const { state, waiting, attention } = status;
  const json = {
    type: "status",
    state,
    waiting,
    attention: attention.map(({ kind, dataType, count }) => ({ kind, data_type: dataType, count })),
    ...(status.state === "offline" ? { reason: status.reason } : {}),
    ...(status.state === "error" ? { error: status.error } : {}),
  };
  const details =
    status.state === "offline"
      ? `: ${status.reason.message}`
      : status.state === "error"
        ? `: ${status.error.message}`
        : "";
  const counts = [
    ...(waiting > 0 ? [`${waiting} to send`] : []),
    ...attention.map(({ kind, dataType, count }) => `${count} ${kind.replace("_", " ")} in ${dataType}`),
  ];
  return { json, text: `${state}${details}${counts.length > 0 ? ` (${counts.join(", ")})` : ""}` };
}
