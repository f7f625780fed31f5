import { openSync as openFile, readFileSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { sqliteStore } from "@owlivion/sync-client/sqlite";
import { sleep } from "../world/until.ts";
import { type Device, openDevice, password, signUp } from "./device.ts";
import { Expectations } from "./expectations.ts";
import type { JournalLine } from "./journal.ts";
import { placeOf } from "./place-of.ts";

/**
 * A device as a process of its own, on a store on disk, syncing live. It writes down what it does before and after it does it,
 * and each acknowledgement, by single writes that a kill cannot take back. One JSON object a line comes in and goes out.
 */
const [name = "", url = "", folder = "", journalPath = "", editsPerSecond = "2"] = process.argv.slice(2);
const earlier = readLines(journalPath);
const journal = openFile(journalPath, "a");
const write = (line: JournalLine): void => void writeSync(journal, `${JSON.stringify(line)}\n`);

const expectations = new Expectations((entry) => write({ kind: "edit", entry }));
let firstEdit = 1;
for (const line of earlier) {
  if (line.kind !== "edit") continue;
  expectations.take(line.entry);
  if ("value" in line.entry) firstEdit = Math.max(firstEdit, line.entry.value + 1);
}
const device: Device = await openDevice({
  url,
  name,
  store: sqliteStore(folder),
  expectations,
  firstEdit: firstEdit + 1,
  onAcknowledged: (acknowledgement) => write({ kind: "acknowledged", acknowledgement }),
});
let isEditing = false;
void editForEver();

const say = (reply: object): void => void process.stdout.write(`${JSON.stringify(reply)}\n`);
createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, call, input } = JSON.parse(line) as { id: number; call: string; input: string };
  void answer(call, input).then(
    (value) => say({ id, value }),
    (error: unknown) => say({ id, error: String(error) }),
  );
});
say({ id: 0, value: "ready" });

async function answer(call: string, input: string): Promise<unknown> {
  switch (call) {
    case "signUp":
      await signUp(device, input);
      await device.workload.makeHotRecords();
      return await device.sync.syncNow();
    case "signIn":
      await device.sync.signIn({ email: input, password });
      return await device.sync.syncNow();
    case "live":
      return device.sync.start();
    case "disconnect":
      return await device.sync.stop();
    case "edit":
      return (isEditing = true);
    case "rest":
      return (isEditing = false);
    case "place":
      return { place: await placeOf(device.store), status: device.sync.status };
    case "end":
      isEditing = false;
      await device.sync.close();
      setImmediate(() => process.exit(0));
      return null;
    default:
      throw new Error(`there is no ${call}`);
  }
}

async function editForEver(): Promise<void> {
  for (;;) {
    await sleep((Math.random() * 2000) / Number(editsPerSecond));
    if (isEditing) await device.workload.step().catch((error: unknown) => say({ id: -1, error: String(error) }));
  }
}

function readLines(path: string): JournalLine[] {
  try {
    const lines = readFileSync(path, "utf8")
      .split("\n")
      .filter((line) => line !== "");
    return lines.map((line) => JSON.parse(line) as JournalLine);
  } catch {
    return [];
  }
}
