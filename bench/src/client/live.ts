import type { Contact } from "@owlivion/sync-client";
import { median } from "../measure.ts";
import { type BenchDevice } from "./devices.ts";

export interface Live {
  /** From the end of the push until it is in the other device's list. */
  readonly afterPushMs: number;
  /** From the edit itself. */
  readonly afterEditMs: number;
  readonly edits: number;
}

/** Edits on one device until they are visible on another one that listens, both live. */
export async function measureLive(writer: BenchDevice, reader: BenchDevice): Promise<Live> {
  const edits = Number(process.env["BENCH_LIVE_EDITS"] ?? 15);
  const [on, seen] = [writer.sync.collection<Contact>("contacts"), reader.sync.collection<Contact>("contacts")];
  const id = await on.put({ name: "Live", notes: "0" });
  writer.sync.start();
  reader.sync.start();
  const afterPush: number[] = [];
  const afterEdit: number[] = [];
  for (let n = 1; n <= edits; n += 1) {
    await quiet(writer, reader);
    const visible = Promise.withResolvers<number>();
    const pushed = Promise.withResolvers<number>();
    const unsubscribe = reader.sync.on(({ type }) => {
      if (type !== "change") return;
      void seen.get(id).then((record) => {
        if (record?.notes === String(n)) visible.resolve(performance.now());
      });
    });
    const unstatus = writer.sync.onStatus(({ state }) => {
      if (state === "idle") pushed.resolve(performance.now());
    });
    const start = performance.now();
    await on.patch(id, { notes: String(n) });
    const [at, pushedAt] = [await visible.promise, await pushed.promise];
    unsubscribe();
    unstatus();
    afterEdit.push(at - start);
    afterPush.push(Math.max(0, at - pushedAt));
  }
  await writer.sync.stop();
  await reader.sync.stop();
  return { afterPushMs: median(afterPush), afterEditMs: median(afterEdit), edits };
}

/** Longer than the push interval and the proof that follows an edit, so that each edit is measured alone. */
async function quiet(...devices: readonly BenchDevice[]): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  for (const { sync } of devices) {
    while (sync.status.state === "syncing") await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
