import type { Stamp } from "@owlivion/sync-crypto";
import { type ClockState, clockStart, observe, tick } from "../merge/hybrid-clock.ts";
import type { ReadTransaction, WriteTransaction } from "../store/store.ts";

const key = "clock";

async function readClock(tx: ReadTransaction): Promise<ClockState> {
  return ((await tx.get("meta", key))?.value as ClockState | undefined) ?? clockStart;
}

/** The next stamp of this device. Part of the transaction that uses it, so that no stamp is given out twice. */
export async function nextStamp(tx: WriteTransaction, nowMs: number, device: string): Promise<Stamp> {
  const { state, stamp } = tick(await readClock(tx), nowMs, device);
  await tx.put("meta", { key, value: state });
  return stamp;
}

/** Takes note of the newest stamp that came from others. */
export async function observeStamp(tx: WriteTransaction, stamp: Stamp | undefined, nowMs: number): Promise<void> {
  if (stamp === undefined) return;
  const before = await readClock(tx);
  const after = observe(before, stamp, nowMs);
  if (after !== before) await tx.put("meta", { key, value: after });
}

/** The next number of an edit on this device. */
export async function nextEdit(tx: WriteTransaction): Promise<number> {
  const last = ((await tx.get("meta", "edit"))?.value as number | undefined) ?? 0;
  await tx.put("meta", { key: "edit", value: last + 1 });
  return last + 1;
}
