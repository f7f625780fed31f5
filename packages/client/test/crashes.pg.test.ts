import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { defineDataType } from "@owlivion/sync-client";
import { memoryStore } from "@owlivion/sync-client/memory";
import { startTestServer, type TestServer } from "../../server/test/support/server.ts";
import { type CrashingStore, crashingStore } from "./support/crashing-store.ts";
import { addDevice, expectConverged, expectSound, rowsOf, settle } from "./support/household.ts";
import { openDevice, openDevices, type SyncedDevice, testPassword } from "./support/people.ts";

// C-I2, C-I4, C-I5: a device dies before any operation of its store. After the restart nothing is lost and nothing is there twice.

interface Note {
  readonly text?: string;
  readonly more?: string;
}
const options = { dataTypes: [defineDataType<Note>({ name: "contacts" })] as never };

let server: TestServer;
beforeAll(async () => void (server = await startTestServer()));
afterAll(() => server.close());

const notes = ({ sync }: SyncedDevice) => sync.collection<Note>("contacts");

interface Scene {
  readonly store: CrashingStore;
  /** Dies and comes back. */
  mortal: SyncedDevice;
  readonly other: SyncedDevice;
  /** Different in each round. */
  readonly round: number;
}

/**
 * Runs `work` again and again, each time with a crash one operation later, until it gets through; `prepare` before each, and
 * afterwards `check` what the restarted device shows.
 */
async function atEveryOperation(
  prepare: (scene: Scene) => Promise<unknown>,
  work: (scene: Scene) => Promise<unknown>,
  check: (scene: Scene) => Promise<unknown>,
): Promise<number> {
  const [other] = await openDevices(server.app, 1, options);
  const store = crashingStore(memoryStore());
  let mortal = await openDevice(server.app, { ...options, openStore: store.open });
  await mortal.sync.signIn({ email: other!.sync.account!.email, password: testPassword });
  for (let round = 1; ; round += 1) {
    expect(round).toBeLessThan(600);
    const scene: Scene = { store, mortal, other: other!, round };
    await prepare(scene);
    store.crashAt(round, { commit: round % 2 === 0 ? "lost" : "kept" });
    await work(scene).catch((error: unknown) => {
      if (!store.isCrashed) throw error;
    });
    const isOver = !store.isCrashed;
    await store.restart();
    mortal = await openDevice(server.app, { ...options, openStore: store.open, network: mortal.network });
    scene.mortal = mortal;
    await check(scene);
    await expectSound(server.app, mortal);
    if (!isOver) continue;
    await expectConverged(server.app, [mortal, other!], options);
    return round;
  }
}

test("an edit is there whole or not at all: put, patch, delete, many", async () => {
  let before: unknown;
  const rounds = await atEveryOperation(
    async ({ mortal, round }) => {
      await notes(mortal).put({ id: "p", text: `${round}` });
      await notes(mortal).put({ id: "d", text: `${round}` });
      before = await notes(mortal).list();
    },
    async ({ mortal, round }) => {
      await notes(mortal).patch("p", { more: `${round}` });
      await notes(mortal).delete("d");
      await notes(mortal).putMany(["x", "y", "z"].map((id) => ({ id, text: `${round}` })));
    },
    async ({ mortal, round }) => {
      expect(before).toBeDefined();
      const many = await Promise.all(["x", "y", "z"].map((id) => notes(mortal).get(id)));
      const isNew = many.map((record) => record?.text === `${round}`);
      expect(new Set(isNew).size).toBe(1);
      if (isNew[0]) expect(await notes(mortal).get("d")).toBeUndefined();
      if ((await notes(mortal).get("d")) === undefined) {
        expect(await notes(mortal).get("p")).toMatchObject({ more: `${round}` });
      }
    },
  );
  expect(rounds).toBeGreaterThan(20);
});

test("a sync that pulls, merges and pushes, whatever it was doing (C-I2)", async () => {
  const rounds = await atEveryOperation(
    async ({ mortal, other, round }) => {
      await settle(mortal, other);
      await notes(other).put({ id: "theirs", text: `${round}` });
      await notes(other).put({ id: "both", text: `their ${round}`, more: "m" });
      await notes(other).put({ id: `new${round}`, text: "t" });
      await notes(other).put({ id: "gone", text: `${round}` });
      await other.sync.syncNow();
      await mortal.sync.syncNow();
      await notes(other).patch("both", { text: `their ${round} again` });
      await notes(other).patch("gone", { text: `wanted ${round}` });
      await notes(other).deleteMany([`new${round}`], { confirmed: true });
      await other.sync.syncNow();
      await notes(mortal).patch("both", { more: `my ${round}` });
      await notes(mortal).put({ id: "mine", text: `${round}` });
      await notes(mortal).delete("gone");
    },
    async ({ mortal }) => await mortal.sync.syncNow(),
    async ({ mortal, other, round }) => {
      expect(await notes(mortal).get("mine")).toMatchObject({ text: `${round}` });
      expect(await notes(mortal).get("both")).toMatchObject({ more: `my ${round}` });
      await settle(mortal, other);
      for (const device of [mortal, other]) {
        expect(await notes(device).get("mine")).toMatchObject({ text: `${round}` });
        expect(await notes(device).get("both")).toMatchObject({ text: `their ${round} again`, more: `my ${round}` });
        expect(await notes(device).get("gone")).toMatchObject({ text: `wanted ${round}` });
        expect(await notes(device).get(`new${round}`)).toBeUndefined();
      }
      const wrong = (await mortal.sync.conflicts.list()).filter(({ kind }) => kind !== "edit_kept");
      expect(wrong).toEqual([]);
    },
  );
  expect(rounds).toBeGreaterThan(60);
});

test("a resync and its sweep: what is hidden is hidden once, what was edited is sent", async () => {
  const rounds = await atEveryOperation(
    async ({ mortal, other, round }) => {
      await mortal.sync.deletions.forget("contacts");
      const id = `r${round}`;
      await notes(other).put({ id, text: "t" });
      await notes(other).put({ id: `${id}e`, text: "t" });
      await settle(other, mortal);
      await notes(other).deleteMany([id, `${id}e`], { confirmed: true });
      await other.sync.syncNow();
      const { accountId } = other.sync.account!;
      await server.pool.query("update deleted_records set expires_at = 'epoch' where user_id = $1", [accountId]);
      await server.pool.query("select cleanup_expired_deleted_records()");
      await notes(mortal).patch(`${id}e`, { more: "edited" });
    },
    async ({ mortal }) => await mortal.sync.syncNow(),
    async ({ mortal, other, round }) => {
      await settle(mortal, other);
      const unconfirmed = await mortal.sync.deletions.unconfirmed();
      expect(unconfirmed.map(({ recordId }) => recordId)).toEqual([`r${round}`]);
      expect(await notes(other).get(`r${round}e`)).toMatchObject({ more: "edited" });
      expect(await notes(other).get(`r${round}`)).toBeUndefined();
    },
  );
  expect(rounds).toBeGreaterThan(40);
});

test("deciding: a conflict, held deletions", async () => {
  await atEveryOperation(
    async ({ mortal, other, round }) => {
      await settle(mortal, other);
      await notes(other).put({ id: "c", text: `${round}` });
      await settle(other, mortal);
      await notes(other).patch("c", { text: `their ${round}` });
      await other.sync.syncNow();
      await notes(mortal).patch("c", { text: `my ${round}` });
      await mortal.sync.syncNow();
      expect(await mortal.sync.conflicts.list()).toHaveLength(1);
    },
    async ({ mortal }) => {
      const [conflict] = await mortal.sync.conflicts.list();
      await mortal.sync.conflicts.resolve(conflict!.id, "remote");
    },
    async ({ mortal, other, round }) => {
      const [conflict] = await mortal.sync.conflicts.list();
      const text = (await notes(mortal).get("c"))?.text;
      // Open and undecided, or decided and shown: nothing in between.
      expect([conflict === undefined, text]).toEqual(
        conflict === undefined ? [true, `their ${round}`] : [false, `my ${round}`],
      );
      if (conflict !== undefined) await mortal.sync.conflicts.resolve(conflict.id, "remote");
      await settle(mortal, other);
      expect(await notes(other).get("c")).toMatchObject({ text: `their ${round}` });
    },
  );
});

describe("a first download", () => {
  test("is interrupted by the network and by crashes, goes on where it was, and tells how far it is", async () => {
    const [a] = await openDevices(server.app, 1, options);
    const ids = Array.from({ length: 2_500 }, (_, i) => `r${String(i).padStart(4, "0")}`);
    await notes(a!).putMany(ids.map((id) => ({ id, text: id })));
    await a!.sync.syncNow();
    const store = crashingStore(memoryStore());
    let b = await openDevice(server.app, { ...options, openStore: store.open });
    await b.sync.signIn({ email: a!.sync.account!.email, password: testPassword });
    const seen: { records: number; totalRecords: number | null }[] = [];
    const watch = (): void =>
      void b.sync.onStatus((status) => {
        if (status.state === "syncing" && status.progress !== null) seen.push(status.progress);
      });
    watch();
    let pages = 0;
    b.network.fault = ({ path }) => (path.includes("cursor=") && (pages += 1) === 2 ? "drop-reply" : null);
    await b.sync.syncNow().catch(() => {});
    const first = (await rowsOf(store.open, "records")).length;
    expect(first).toBeLessThan(2_500);
    store.crashAt(25);
    await b.sync.syncNow().catch(() => {});
    await store.restart();
    b = await openDevice(server.app, { ...options, openStore: store.open, network: b.network });
    watch();
    await b.sync.syncNow();
    expect(await notes(b).count()).toBe(2_500);
    expect(b.network.paths.filter((path) => path.includes("cursor=initial")).length).toBeLessThanOrEqual(2);
    expect(seen.at(-1)).toMatchObject({ records: 2_500, totalRecords: 2_500 });
    expect(seen.map(({ records }) => records)).toEqual(seen.map(({ records }) => records).toSorted((x, y) => x - y));
    await expectConverged(server.app, [a!, b], options);
  });

  test("of 20,000 records holds a page at a time", async () => {
    const [a] = await openDevices(server.app, 1, options);
    for (let from = 0; from < 20_000; from += 5_000) {
      await notes(a!).putMany(Array.from({ length: 5_000 }, (_, i) => ({ id: `r${from + i}`, text: `${from + i}` })));
    }
    await a!.sync.syncNow();
    const b = await addDevice(server.app, a!, options);
    const inner = b.network.fetch;
    expect(inner).toBeDefined();
    let most = 0;
    b.network.fault = ({ path }) =>
      path.includes("/delta")
        ? {
            change: async (reply) => {
              const body = await reply.arrayBuffer();
              most = Math.max(most, body.byteLength);
              return new Response(body, { headers: { "content-type": "application/cbor" } });
            },
          }
        : null;
    await b.sync.syncNow();
    expect(await notes(b).count()).toBe(20_000);
    expect(most).toBeLessThan(1_000_000);
    const bodies = a!.network.sent.filter(({ path }) => path.endsWith("/delta")).map(({ body }) => body.length);
    expect(Math.max(...bodies)).toBeLessThan(1_000_000);
    const ids = new Set<string>();
    for await (const { id } of notes(b).iterate()) ids.add(id);
    expect(ids.size).toBe(20_000);
  });
});
