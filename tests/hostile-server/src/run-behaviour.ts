import { expect } from "vitest";
import type { Told } from "./device/device.ts";
import type { Driver, RemoteDevice } from "./device/driver.ts";
import type { Behaviour } from "./behaviours/behaviour.ts";
import { findCanaries } from "./world/canaries.ts";
import { buildWorld, type World } from "./world/world.ts";

/** What a device holds and shows at one moment. */
interface Snapshot {
  readonly rows: Readonly<Record<string, readonly string[]>>;
  readonly visible: Readonly<Record<string, unknown>>;
}

const snapshotOf = async (device: RemoteDevice): Promise<Snapshot> => ({
  rows: await device.rows(),
  visible: await device.visible(),
});

/**
 * The life of one lie: a world with an honest server; the lie; what the victim noticed and what it did not do; the truth again, and
 * everything healed. Answers what was noticed, in a word.
 */
export async function runBehaviour(behaviour: Behaviour, driver: Driver, realUrl: string): Promise<string> {
  const world = await buildWorld(driver, realUrl, behaviour.world);
  try {
    await behaviour.prepare?.(world);
    const lie = await behaviour.lie(world);
    const before = await snapshotOf(world.victim);
    await world.victim.takeTold();
    const sentBefore = world.server.past.length;

    world.server.lie = lie;
    const meet = behaviour.meet ?? syncVictim;
    const code = await meet(world);
    const noticed = await expectNoticed(behaviour, world, code);
    await expectUnchanged(behaviour, world, before);
    expectNoUpload(behaviour, world, sentBefore);
    await behaviour.check?.(world);

    world.server.lie = null;
    await heal(world, behaviour);
    await behaviour.checkHealed?.(world);
    expect(findCanaries(world.secrets, Buffer.concat(world.server.received)), "what the devices sent").toEqual([]);
    return noticed;
  } finally {
    await world.close();
  }
}

export const syncVictim = async ({ victim }: World): Promise<string> => {
  const { code, failures } = await victim.syncNow();
  return [code, ...failures].join(" ");
};

async function expectNoticed({ detects }: Behaviour, { victim }: World, code: string): Promise<string> {
  const { code: expected = "ok", failures = [], events = [], attention = [] } = detects;
  const told = await victim.takeTold();
  const { status } = await victim.account();
  const seen = { code, told: told.map(wordOf), attention: status.attention.map(({ kind }) => kind) };
  const context = JSON.stringify(seen);
  expect(code, context).toBe([expected, ...failures].join(" "));
  for (const event of events) expect(told.some(matches(event)), `${event} in ${context}`).toBe(true);
  // Counted by itself, soon after what it counts.
  const kinds = async () => (await victim.account()).status.attention.map(({ kind }) => kind);
  for (const kind of attention) await expect.poll(kinds, { message: context }).toContain(kind);
  const [first] = events;
  return first ?? failures[0] ?? (expected === "ok" ? (attention[0] ?? "nothing") : expected);
}

const wordOf = ({ type, detail }: Told): string => (detail === null ? type : `${type}:${detail}`);
const matches = (event: string) => (told: Told) => told.type === event || wordOf(told) === event;

/** What waits to be sent, and what a person decided or has to: a lie may not touch it. */
const ownTables = ["outbox", "batches", "conflicts"] as const;

async function expectUnchanged(behaviour: Behaviour, world: World, before: Snapshot): Promise<void> {
  const { changes = "marks" } = behaviour;
  const after = await snapshotOf(world.victim);
  if (changes === "nothing") return expect(after).toEqual(before);
  if (changes === "hidden") return;
  const changed = new Set(changes === "marks" ? [] : changes.map((name) => `contacts/${world.ids[name as "ada"]}`));
  const truth = await world.other.visible();
  const expected = { ...before.visible };
  for (const key of changed) {
    if (truth[key] === undefined) delete expected[key];
    else expected[key] = truth[key];
  }
  expect(after.visible).toEqual(expected);
  if (behaviour.mayUpload !== undefined) return;
  for (const table of ownTables) expect(after.rows[table], table).toEqual(before.rows[table]);
}

function expectNoUpload({ mayUpload }: Behaviour, { server, victimId }: World, from: number): void {
  if (mayUpload !== undefined) return;
  const uploads = server.past
    .slice(from)
    .filter(({ asked }) => asked.deviceId === victimId)
    .filter(({ asked }) => asked.method === "PUT" || (asked.method === "POST" && asked.path.startsWith("/sync/")))
    .map(({ asked }) => `${asked.method} ${asked.path}`);
  expect(uploads, "uploads of the victim").toEqual([]);
}

/** Nothing is lost and nobody is left behind: after the truth is told again, all devices show the same, and it is all there. */
async function heal(world: World, { decides, wanted: wish }: Behaviour): Promise<void> {
  const { victim, other } = world;
  const others = await other.visible();
  const wanted = wish === undefined ? others : wish(others, world);
  for (let round = 0; round < 3; round += 1) {
    for (const device of [victim, other]) {
      await signInAgain(world, device);
      await device.syncNow({ prove: true });
      await device.decide(decides ?? "reject");
      await device.syncNow({ prove: true });
    }
    if (await isQuiet(victim, other)) break;
  }
  const fresh = await world.openDevice();
  expect(await fresh.signIn(world.person)).toBe("ok");
  await fresh.syncNow();
  for (const [who, device] of Object.entries({ victim, other, fresh })) {
    expect(await device.visible(), `what ${who} shows`).toEqual(wanted);
    const { status, integrity } = await device.account();
    expect(integrity, who).toEqual([]);
    expect(status, who).toMatchObject({ state: "idle", waiting: 0 });
    expect(
      status.attention.filter(({ kind }) => kind !== "conflicts"),
      who,
    ).toEqual([]);
  }
}

/** Nothing waits on either, for a person or to be sent, and both show the same. */
async function isQuiet(...devices: readonly RemoteDevice[]): Promise<boolean> {
  const shown = new Set<string>();
  for (const device of devices) {
    const { status } = await device.account();
    const waits = status.attention.filter(({ kind }) => kind !== "conflicts").length + status.waiting;
    if (waits > 0) return false;
    shown.add(JSON.stringify(await device.visible()));
  }
  return shown.size === 1;
}

async function signInAgain({ person }: World, device: RemoteDevice): Promise<void> {
  const { account, status } = await device.account();
  if (account === null || account.endedBy !== null || status.state === "locked") await device.signIn(person);
}
