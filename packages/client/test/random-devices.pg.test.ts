import { predictableRandomForTests } from "@owlivion/sync-crypto/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { defineDataType, type Preference, preferences } from "@owlivion/sync-client";
import { memoryStore } from "@owlivion/sync-client/memory";
import { randomStream } from "../../server/test/support/random.ts";
import { startTestServer, type TestServer } from "../../server/test/support/server.ts";
import type { Clock } from "../src/ports.ts";
import { type CrashingStore, crashingStore } from "./support/crashing-store.ts";
import { addDevice, expectConverged, expectSound, recordsOf, rowsOf, settle } from "./support/household.ts";
import { impatientClock } from "./support/impatient-clock.ts";
import { openDevice, type SyncedDevice, testPassword } from "./support/people.ts";
import { carefulPerson, startDevice } from "./support/test-device.ts";

// Devices of one person do what comes to their minds, while everything fails that can. Repeat a failure with its seed:
// OWLIVION_SEEDS=7 OWLIVION_STEPS=150 npx vitest run --project pg random-devices

const steps = Number(process.env["OWLIVION_STEPS"] ?? 150);
const seeds = (process.env["OWLIVION_SEEDS"] ?? "1,2,3,4,5,6").split(",").map(Number);

interface Note {
  readonly a?: string;
  readonly b?: string;
  readonly n?: string;
  readonly tags?: readonly string[];
}
const fields = ["a", "b"] as const;
const ids = ["r1", "r2", "r3", "r4", "r5"];
const keys = ["theme", "font", "size"];
const dataTypes = [
  defineDataType<Note>({ name: "contacts", merge: { default: "ask", fields: { n: "newer", tags: "set" } } }),
  preferences(),
] as never;
const names = ["contacts", "preferences"];

let server: TestServer;
beforeAll(async () => void (server = await startTestServer()));
afterAll(() => server.close());

/** A device that dies and comes back. */
interface Mortal {
  readonly name: string;
  readonly store: CrashingStore;
  device: SyncedDevice;
  isApart: boolean;
  /** What its person wrote and nobody has changed here since. */
  readonly written: Map<string, string | null>;
}

/** A value that somebody wrote, and whether the same person wrote something over it before it could be sent. */
interface Written {
  readonly device: string;
  readonly id: string;
  readonly field: string;
  readonly value: string;
  isCoalesced: boolean;
}

test.each(seeds)("C-I1 to C-I5, C-I8, C-I10: nothing is lost, and all come to the same (seed %i)", async (seed) => {
  const random = randomStream(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const chance = (p: number): boolean => random() < p;
  let wallMs = Date.UTC(2026, 0, 1);
  const everything: Written[] = [];
  const positions = new Map<string, { epoch: string | null; generation: number; position: number }>();

  const optionsOf = (name: string, skewMs: number) => ({
    dataTypes,
    ports: {
      clock: { now: () => wallMs + skewMs, schedule: impatientClock.schedule } satisfies Clock,
      random: predictableRandomForTests(`${seed}/${name}/${wallMs}`),
    },
  });
  const skews = [0, chance(0.5) ? 0 : 3_600_000, chance(0.5) ? 0 : -86_400_000 * 400];
  const email = `random-${crypto.randomUUID()}@example.com`;
  const mortals: Mortal[] = [];
  for (const [i, name] of ["A", "B", "C"].entries()) {
    const store = crashingStore(memoryStore());
    const device = await openDevice(server.app, { ...optionsOf(name, skews[i]!), openStore: store.open });
    if (i === 0)
      await device.sync.signUp({ email, password: testPassword, confirmRecoveryKey: carefulPerson().confirm });
    else await device.sync.signIn({ email, password: testPassword });
    mortals.push({ name, store, device, isApart: false, written: new Map() });
  }

  const notes = ({ device }: Mortal) => device.sync.collection<Note>("contacts");
  const prefs = ({ device }: Mortal) => device.sync.collection<Preference>("preferences");

  const restart = async (mortal: Mortal): Promise<void> => {
    await mortal.store.restart();
    const { network } = mortal.device;
    const i = mortals.indexOf(mortal);
    mortal.device = await openDevice(server.app, {
      ...optionsOf(mortal.name, skews[i]!),
      openStore: mortal.store.open,
      network,
    });
  };

  /** C-I4: what was written is what is read, as long as nobody else could change it. */
  const expectWritten = async (mortal: Mortal): Promise<void> => {
    for (const [place, value] of mortal.written) {
      const [id, field] = place.split("/") as [string, string];
      const record = await notes(mortal).get(id);
      expect((record as Record<string, unknown> | undefined)?.[field] ?? null, `${mortal.name} reads ${place}`).toBe(
        value,
      );
    }
  };

  /** C-I1: within an epoch and a walk a device only moves forward. */
  const expectForward = async (mortal: Mortal): Promise<void> => {
    for (const { key, epoch, generation, position } of await rowsOf(mortal.store.open, "collections")) {
      const place = `${mortal.name}/${key}`;
      const before = positions.get(place);
      if (before?.epoch === epoch && before.generation === generation) {
        expect(position, place).toBeGreaterThanOrEqual(before.position);
      }
      positions.set(place, { epoch, generation, position });
    }
  };

  /** Runs it; where it dies, whether it had happened is what the store says. */
  const edit = async (
    mortal: Mortal,
    work: () => Promise<unknown>,
    hasHappened: () => Promise<boolean>,
  ): Promise<boolean> => {
    const dies = chance(0.1);
    if (dies) mortal.store.crashAt(1 + Math.floor(random() * 14), { commit: chance(0.5) ? "lost" : "kept" });
    let isDone = true;
    await work().catch((error: unknown) => {
      if (!mortal.store.isCrashed) throw error;
      isDone = false;
    });
    if (mortal.store.isCrashed) {
      await restart(mortal);
      isDone ||= await hasHappened();
    } else if (dies) mortal.store.crashAt(Infinity);
    return isDone;
  };

  const isWaiting = async ({ store }: Mortal, id: string): Promise<boolean> =>
    (await rowsOf(store.open, "outbox", `contacts/${id}`)).length > 0;
  const noteWritten = (mortal: Mortal, id: string, field: string, value: string | null, wasWaiting: boolean): void => {
    for (const each of everything) {
      if (each.device === mortal.name && each.id === id && each.field === field) each.isCoalesced ||= wasWaiting;
    }
    if (value !== null) everything.push({ device: mortal.name, id, field, value, isCoalesced: false });
    mortal.written.set(`${id}/${field}`, value);
  };

  let counter = 0;
  const step = async (mortal: Mortal): Promise<void> => {
    wallMs += Math.floor(random() * 5_000);
    const what = random();
    if (what < 0.3) {
      const id = pick(ids);
      const field = pick(fields);
      const value = `${mortal.name}${(counter += 1)}`;
      const there = await notes(mortal).get(id);
      const wasWaiting = await isWaiting(mortal, id);
      const work = () =>
        there === undefined ? notes(mortal).put({ id, [field]: value }) : notes(mortal).patch(id, { [field]: value });
      const isDone = await edit(mortal, work, async () => (await notes(mortal).get(id))?.[field] === value);
      if (isDone) noteWritten(mortal, id, field, value, wasWaiting);
    } else if (what < 0.36) {
      const id = pick(ids);
      const isThere = (await notes(mortal).get(id)) !== undefined;
      const wasWaiting = await isWaiting(mortal, id);
      const isDone = await edit(
        mortal,
        () => notes(mortal).delete(id),
        async () => (await notes(mortal).get(id)) === undefined,
      );
      if (isDone && isThere) for (const field of fields) noteWritten(mortal, id, field, null, wasWaiting);
    } else if (what < 0.44) {
      const id = pick(ids);
      const there = await notes(mortal).get(id);
      if (there === undefined) return;
      const tags = [...new Set([...(there.tags ?? []).filter(() => chance(0.7)), `${mortal.name}${(counter += 1)}`])];
      await edit(
        mortal,
        () => notes(mortal).patch(id, { tags, n: `${counter}` }),
        async () => true,
      );
    } else if (what < 0.52) {
      await edit(
        mortal,
        () => prefs(mortal).put({ key: pick(keys), value: (counter += 1) }),
        async () => true,
      );
    } else if (what < 0.56) mortal.isApart = !mortal.isApart;
    else if (what < 0.59) await restart(mortal);
    else {
      const faults = chance(0.4);
      mortal.device.network.fault = ({ method }) => {
        if (mortal.isApart) return "drop-request";
        if (method === "POST" && chance(0.3)) return { before: () => editMeanwhile(mortal) };
        if (!faults) return null;
        return pick(["drop-request", "drop-reply", "drop-reply", "duplicate", null, null]);
      };
      if (chance(0.25)) mortal.store.crashAt(1 + Math.floor(random() * 150), { commit: chance(0.5) ? "lost" : "kept" });
      mortal.written.clear();
      await mortal.device.sync.syncNow().catch((error: unknown) => {
        const code = (error as { code?: string }).code ?? "";
        if (!mortal.store.isCrashed) expect(["OFFLINE", "INVALID_REPLY"]).toContain(code);
      });
      if (mortal.store.isCrashed) await restart(mortal);
      else mortal.store.crashAt(Infinity);
      mortal.device.network.fault = () => null;
    }
    await expectWritten(mortal);
    await expectForward(mortal);
    if (chance(0.1)) await expectSound(server.app, { ...mortal.device, openStore: mortal.store.open });
  };

  /** While a batch is on its way. */
  const editMeanwhile = async (mortal: Mortal): Promise<void> => {
    const [id, field] = [pick(ids), pick(fields)];
    const value = `${mortal.name}${(counter += 1)}`;
    const isThere = (await notes(mortal).get(id)) !== undefined;
    const wasWaiting = await isWaiting(mortal, id);
    if (!isThere || mortal.store.isCrashed) return;
    await notes(mortal).patch(id, { [field]: value });
    noteWritten(mortal, id, field, value, wasWaiting);
    // What comes back with the reply may be newer.
    mortal.written.clear();
  };

  for (let i = 0; i < steps; i += 1) await step(pick(mortals));

  // The wind-down: faults end, everybody comes to the same, and a new device too.
  const devices = mortals.map(({ device }) => device);
  for (const { sync } of devices) for (const type of names) await sync.deletions.undo(type).catch(() => {});
  await settle(...devices);
  const records = await expectConverged(server.app, devices, { ...optionsOf("fresh", 0), of: names });
  for (const device of devices) expect(device.sync.account).not.toBeNull();
  for (const mortal of mortals) expect(mortal.device.events.map(({ type }) => type)).not.toContain("integrity");

  // C-I5: every value that was ever written went somewhere.
  const { session, store } = await startDevice(server.app, { openStore: mortals[0]!.store.open });
  const { rows } = await server.pool.query<{ record_id: string; encrypted_record: Buffer | null }>(
    `select record_id, encrypted_record from sync_data_changes c join data_types t on t.data_type = c.data_type
      where user_id = $1 and t.name = 'contacts'`,
    [devices[0]!.sync.account!.accountId],
  );
  const collectionKeys = session.keyring().collection("contacts");
  const history = rows.map(({ record_id: id, encrypted_record: envelope }) =>
    envelope === null ? null : collectionKeys.open(id, envelope).content,
  );
  const journals = await Promise.all(mortals.map(({ store }) => rowsOf(store.open, "conflicts")));
  const somewhere = JSON.stringify([records, history, journals]);
  for (const { value, isCoalesced, device, id, field } of everything) {
    if (!isCoalesced) expect(somewhere.includes(`"${value}"`), `${value} of ${device} in ${id}.${field}`).toBe(true);
  }
  await session.close();
  await store.close();
  // C-I10 and natural keys: nobody was told of anything unreadable, and each preference is one record.
  const shown = Object.values(records) as { key?: string }[];
  for (const key of keys) expect(shown.filter((record) => record.key === key).length).toBeLessThanOrEqual(1);
  for (const device of devices) {
    expect((await rowsOf(device.openStore, "marks")).map(({ kind }) => kind)).toEqual([]);
    await device.sync.close();
  }
});

test("three devices that never met before agree on what a fourth finds", async () => {
  const email = `random-${crypto.randomUUID()}@example.com`;
  const first = await openDevice(server.app, { dataTypes });
  await first.sync.signUp({ email, password: testPassword, confirmRecoveryKey: carefulPerson().confirm });
  const others = [await addDevice(server.app, first, { dataTypes }), await addDevice(server.app, first, { dataTypes })];
  for (const [i, { sync }] of [first, ...others].entries()) {
    await sync.collection<Preference>("preferences").put({ key: "theme", value: i });
    await sync.collection<Note>("contacts").put({ id: "same", tags: [`${i}`] });
  }
  const records = await expectConverged(server.app, [first, ...others], { dataTypes, of: names });
  expect(Object.keys(records)).toHaveLength(2);
  expect((records["contacts/same"] as Note).tags?.toSorted()).toEqual(["0", "1", "2"]);
  expect(await recordsOf(first, names)).toEqual(records);
});
