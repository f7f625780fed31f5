import type { Disturbance, DisturbanceKind } from "../tapes/disturbances.ts";
import type { Backup, RestoreMode } from "../server/sim-server.ts";
import { dataTypeNames } from "./sim-data-types.ts";
import type { SimDevice } from "./sim-device.ts";
import type { World } from "./world.ts";

interface Struck {
  readonly world: World;
  readonly device: SimDevice;
  readonly value: number;
}

const day = 86_400_000;
const backups = new WeakMap<World, Backup>();

/** Something happens that nobody wanted. */
export async function disturb(world: World, { kind, device: index, value }: Disturbance): Promise<void> {
  const device = world.devices[index];
  if (device === undefined) return;
  world.note(`${kind} strikes ${device.name}`);
  try {
    if ((await strikes[kind]({ world, device, value })) !== false) world.happened(`struck.${kind}`);
  } catch (error) {
    // What an operator does fails like everything else that needs the database.
    if (!["StatementError", "ServerCrashed"].includes((error as Error).name)) throw error;
    world.happened("operator.failed");
  }
}

/** False: it could not happen here. */
const strikes: Record<DisturbanceKind, (struck: Struck) => Promise<boolean | void> | boolean | void> = {
  partition: ({ world, device, value }) => cutOff(world, [device], "both", value % 60_000),
  partitionOneWay: ({ world, device, value }) => cutOff(world, [device], "replies", value % 40_000),
  partitionAll: ({ world, value }) => cutOff(world, world.devices, "both", value % 20_000),
  clockJump: ({ device, value }) => device.clock.jump(jumps[value % jumps.length]!),
  clockFreeze: ({ device }) => device.clock.toggleFrozen(),
  serverClockJump: ({ world, value }) => world.serverClock.jump([500, 5_000, 3_600_000][value % 3]!),
  kill({ world, device, value }) {
    if (device.processes.length === 0) return false;
    device.kill("was killed");
    reopenLater(world, device, 100 + (value % 20_000));
  },
  suspend: ({ world, device, value }) => suspend(world, device, value % 90_000),
  suspendDays: ({ world, device, value }) => suspend(world, device, (1 + (value % 3)) * day),
  evict({ world, device, value }) {
    device.kill("lost its storage");
    forget(world, device);
    device.disk.erase();
    reopenLater(world, device, 100 + (value % 20_000));
  },
  backUpDevice({ device }) {
    device.image = device.disk.image();
  },
  async restoreDevice({ world, device, value }) {
    if (device.image === null) return false;
    device.kill("was put back");
    forget(world, device);
    await device.disk.load(device.image);
    reopenLater(world, device, 100 + (value % 5_000));
    return true;
  },
  async cloneDevice({ world, device, value }) {
    if (world.devices.length > world.plan.workload.devices.length + 1) return false;
    const copy = world.addDevice({ ...device.setup, skewMs: 0 }, world.devices.length);
    copy.hasForgotten = true;
    device.hasForgotten = true;
    await copy.disk.load(device.disk.image());
    reopenLater(world, copy, 100 + (value % 5_000));
    return true;
  },
  signInAsOther({ device, world }) {
    const others = world.persons.filter((person) => person !== device.person);
    if (others.length === 0) return false;
    [device.person] = others as [typeof device.person];
    return true;
  },
  serverRestart: ({ world }) => {
    world.server.operator.restart();
    world.streams.end();
  },
  cleanup: async ({ world }) => await cleanUp(world),
  async absence({ world, device, value }) {
    // Everybody but one goes on now and then; the server's nightly cleanup goes on for months.
    // Half of them end where retention does: what it takes when differs by a day.
    const days = value % 2 === 1 ? 89 + ((value >>> 1) % 3) : 1 + (value % 130);
    device.kill("is away");
    for (const each of world.devices) each.isSuspended = true;
    for (let i = 0; i < days; i += 1) {
      world.serverClock.jump(day);
      for (const each of world.devices) each.clock.jump(day);
      await cleanUp(world);
    }
    for (const each of world.devices) if (each !== device) each.resume();
    world.scheduler.at(20_000, () => {
      device.resume();
      if (device.processes.length === 0) void device.openApp();
    });
  },
  async backUp({ world }) {
    backups.set(world, await world.server.operator.backup());
  },
  restoreByCommand: async (struck) => await restore(struck, "command"),
  restoreNewCluster: async (struck) => await restore(struck, "new-cluster"),
  restoreSameCluster: async (struck) => await restore(struck, "same-cluster"),
  async loseBatches({ world, value }) {
    await world.server.operator.loseLastBatches(1 + (value % 4));
    world.serverLost();
  },
  async wipe({ world }) {
    await world.server.operator.wipe();
    world.serverLost();
  },
  lowerQuota({ world, value }) {
    world.server.operator.setQuota({ maxRecords: 1 + (value % 6), maxBytes: 1 << 30 });
    world.hasQuota = true;
  },
  async revokeDevice({ world, device }) {
    const account = device.main?.sync?.account;
    if (account == null) return false;
    const isDone = await world.server.operator.revokeDevice(account.accountId, account.deviceId);
    if (isDone) world.oracles.tokens.revoked(account.deviceId);
    world.streams.end(account.accountId);
    return isDone;
  },
  async disableAccount({ world, device, value }) {
    const { accountId } = device.person;
    if (accountId === null) return false;
    await world.server.operator.setDisabled(accountId, true);
    world.disabled.add(accountId);
    world.scheduler.at(value % 30_000, () => void world.enable(accountId));
    return true;
  },
  limitRate({ world, value }) {
    world.server.operator.limitRate(1 + (value % 10));
    world.scheduler.at(value % 15_000, () => world.server.operator.limitRate(null));
  },
};

const jumps = [-3_600_000, 3_600_000, -day * 30, day * 30, -1_000, day * 365 * 10, -day * 365 * 10];

function cutOff(world: World, devices: readonly SimDevice[], how: "both" | "replies", ms: number): void {
  for (const device of devices) device.partition = how;
  world.scheduler.at(ms, () => {
    for (const device of devices) {
      device.partition = "none";
      for (const process of device.processes) process.wake();
    }
  });
}

function suspend(world: World, device: SimDevice, ms: number): boolean {
  if (device.isSuspended) return false;
  device.isSuspended = true;
  if (ms < day) world.scheduler.at(ms, () => device.resume());
  else {
    // It sleeps for days: to the others a minute, to its own clock all of it.
    device.clock.jump(ms);
    world.scheduler.at(60_000, () => {
      device.clock.jump(-ms);
      device.resume();
    });
  }
  return true;
}

export function reopenLater(world: World, device: SimDevice, ms: number): void {
  world.scheduler.at(ms, () => {
    if (device.processes.length === 0) void device.openApp();
  });
}

/** What it had not sent is gone with its storage. */
function forget(world: World, device: SimDevice): void {
  device.hasForgotten = true;
  world.oracles.forget(device);
  for (const intent of world.intents.all) {
    if (intent.device === device.name) intent.isForgotten = true;
  }
}

async function cleanUp(world: World): Promise<void> {
  // A cleanup that fails is done again the next night.
  world.happened(`cleanup.${await world.server.operator.cleanup().catch(() => "failed")}`);
  for (const person of world.persons) {
    if (person.accountId === null) continue;
    for (const dataType of dataTypeNames) {
      world.oracles.cleaned(await world.server.readCollection(person.accountId, dataType), world.serverClock.now());
    }
  }
}

async function restore({ world }: Struck, mode: RestoreMode): Promise<boolean> {
  const backup = backups.get(world);
  if (backup === undefined) return false;
  await world.server.operator.restore(backup, mode);
  world.serverLost();
  return true;
}
