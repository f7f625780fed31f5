import { isReady, settleSession } from "./settle-session.ts";
import { dataTypeNames, noteType } from "./sim-data-types.ts";
import type { SimDevice } from "./sim-device.ts";
import type { World } from "./world.ts";

/** How long the world may take to come to rest once nothing fails any more (C-I7). */
const livenessMs = 120_000;
const attendMs = 4_000;
/** So long a person waits whether a head proof decides what is unconfirmed. */
const patienceMs = 30_000;

/** All faults stop; everybody opens the app, signs in, and answers what is asked. Then everything must come to rest. */
export async function windDown(world: World): Promise<void> {
  world.note("the wind-down begins");
  await calm(world);
  const beganMs = world.scheduler.nowMs;
  let decidedMs = beganMs;
  let isOver = false;
  for (const device of world.devices) {
    const attend = (): void => {
      if (isOver) return;
      void attendTo(device, world.scheduler.nowMs - beganMs > patienceMs).then((hasDecided) => {
        if (hasDecided) decidedMs = world.scheduler.nowMs;
      });
      world.scheduler.at(attendMs, attend);
    };
    attend();
  }
  // Whoever looks at rest may not have heard yet of what the server has lost.
  await world.runUntil(() => false, attendMs);
  for (;;) {
    const isQuiet = await world.runUntil(() => restlessOf(world) === null, livenessMs);
    if (isQuiet || world.scheduler.nowMs - decidedMs >= livenessMs || world.scheduler.nowMs - beganMs > 8 * livenessMs)
      break;
  }
  isOver = true;
  const restless = restlessOf(world);
  if (restless !== null) world.violate("C-I7", `after ${livenessMs / 1000} s ${restless}`);
  if (world.violation !== null) throw world.violation;
}

async function calm(world: World): Promise<void> {
  world.tape.isOver = true;
  world.server.operator.limitRate(null);
  world.server.operator.setQuota({ maxRecords: 200_000, maxBytes: 1 << 30 });
  for (const accountId of [...world.disabled]) await world.enable(accountId);
  for (const device of world.devices) {
    device.partition = "none";
    device.isLive = true;
    device.resume();
    for (const process of device.processes) {
      process.sync?.start();
      process.wake();
    }
  }
}

/** Answers whether its person decided something. */
async function attendTo(device: SimDevice, isImpatient: boolean): Promise<boolean> {
  if (device.processes.length === 0) await device.openApp();
  const { main } = device;
  if (main?.sync == null) return false;
  const { sync } = main;
  try {
    if (!isReady(sync)) {
      await settleSession(main);
      return true;
    }
    sync.start();
    let decided = 0;
    for (const dataType of (await sync.deletions.held()).keys()) decided += await sync.deletions.confirm(dataType);
    if ((await sync.deletions.staged(noteType)).length > 0) decided += await sync.deletions.accept(noteType);
    if (isImpatient && (await sync.deletions.unconfirmed(noteType)).length > 0) {
      decided += await sync.deletions.keep(noteType);
    }
    return decided > 0;
  } catch (error) {
    device.world.failed(device, "attend", error);
    return false;
  }
}

/** What is not at rest yet; null: nothing. */
export function restlessOf(world: World): string | null {
  for (const device of world.devices) {
    const why = restlessDevice(world, device);
    if (why !== null) return `${device.name} ${why}`;
  }
  return disagreementOf(world);
}

/** Versions of two epochs may be the same number: somebody has not heard of the new one yet. */
function disagreementOf(world: World): string | null {
  const epochs = new Map<string, string>();
  for (const { name, main, disk } of world.devices) {
    for (const { key, epoch } of disk.mirror.all("collections")) {
      if (epoch === null) continue;
      const place = `${main?.sync?.account?.accountId}/${key}`;
      const other = epochs.get(place) ?? epoch;
      if (other !== epoch) return `${name} is in another epoch of ${key}`;
      epochs.set(place, epoch);
    }
  }
  return null;
}

export function restlessDevice(world: World, device: SimDevice): string | null {
  const sync = device.main?.sync;
  if (sync == null) return "has not opened the app";
  if (!isReady(sync)) return `is not signed in (${sync.status.state} ${sync.account?.endedBy})`;
  if (device.processes.some(({ doing }) => doing > 0)) return "has not ended what its person began";
  const { mirror } = device.disk;
  const [waiting] = mirror.all("outbox");
  if (waiting !== undefined) return `has ${waiting.key} in its outbox (held: ${waiting.held}, ${sync.status.state})`;
  const [batch] = mirror.all("batches");
  if (batch !== undefined) return `has a batch of ${batch.key} in flight`;
  const mark = mirror.all("marks").find(({ kind }) => kind !== "unreadable");
  if (mark !== undefined) return `has not decided about ${mark.key}, which is ${mark.kind}`;
  for (const dataType of dataTypeNames) {
    const { head } = world.oracles.truth.of(sync.account!.accountId, dataType);
    const row = mirror.get("collections", dataType);
    const position = row?.position ?? 0;
    if (position !== head) return `stands at ${position} of ${head} of ${dataType} (${JSON.stringify(sync.status)})`;
    // Of what nobody ever wrote there is nothing to read.
    const isEmpty = row?.walk?.cause === "first" && head === 0;
    if (row?.walk != null && !isEmpty) return `has not ended a walk of ${dataType}`;
  }
  return null;
}
