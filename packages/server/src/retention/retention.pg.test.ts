import type { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openAgingCollection, type AgingCollection } from "../../test/support/aging-collection.ts";
import type { ChangeInput } from "../../test/support/batches.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { randomStream } from "../../test/support/random.ts";
import { loadConfig } from "../config/config.ts";
import { runCleanup } from "./run-cleanup.ts";

const day = 86_400_000;
const began = Date.UTC(2026, 0, 1);
const settings = loadConfig({});

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  ({ pool } = database);
});
afterAll(() => database.drop());

const cleanUp = (now: number, stepSize = 1000) => runCleanup(pool, { settings, now, stepSize, acceptClock: true });

interface Collection {
  head: number;
  horizon: number;
  history_horizon: number;
  record_count: number;
  tombstone_count: number;
  tombstones: number;
  log_rows: number;
  batches: number;
}

async function readCollection(userId: string): Promise<Collection> {
  const { rows } = await pool.query<Collection>(
    `select s.head::float8, s.horizon::float8, s.history_horizon::float8, s.record_count::float8,
       s.tombstone_count::float8,
       (select count(*) from deleted_records d where d.user_id = s.user_id)::float8 as tombstones,
       (select count(*) from sync_data_changes c where c.user_id = s.user_id)::float8 as log_rows,
       (select count(*) from sync_batches b where b.user_id = s.user_id)::float8 as batches
     from sync_data s where s.user_id = $1`,
    [userId],
  );
  return rows[0]!;
}

/** The newest version that was accepted before a time. */
const versionBefore = (collection: AgingCollection, at: number) =>
  collection.log.filter((change) => change.at < at).length;

async function expectIntact(collection: AgingCollection): Promise<void> {
  const { now, log } = collection;
  const state = await readCollection(collection.userId);
  expect(await collection.read()).toEqual(collection.expected());
  expect(state.record_count).toBe(collection.expected().size);
  expect(state.tombstone_count).toBe(state.tombstones);
  expect(state.head).toBe(log.length);
  // Nothing that is younger than its time was purged, and the horizons say what was.
  expect(state.history_horizon).toBeLessThanOrEqual(versionBefore(collection, now - settings.historyDays * day + 1));
  expect(state.horizon).toBeLessThanOrEqual(versionBefore(collection, now - settings.tombstoneDays * day + 1));
  for (let version = state.history_horizon; version <= log.length; version++) {
    expect(await collection.read(version)).toEqual(collection.expected(version));
  }
}

describe("retention never loses current state", () => {
  test.each([1, 2, 3, 4, 5, 6])(
    "random history %i: current state and every kept past survive cleanups",
    async (seed) => {
      const random = randomStream(seed);
      const below = (n: number) => Math.floor(random() * n);
      const collection = await openAgingCollection(pool, began);
      let purged = 0;
      for (let step = 0; step < 40; step++) {
        collection.now += Math.floor(random() * 12 * day);
        const changes = Array.from({ length: 1 + below(4) }, (_, i): ChangeInput => {
          const id = `record ${below(6)}`;
          return below(3) === 0 ? { id, type: "delete" } : { id, text: `${step} ${i}` };
        });
        await collection.write(changes);
        if (below(4) > 0) continue;
        const report = await cleanUp(collection.now, 1 + below(5));
        expect(report).toMatchObject({ outcome: "done", skipped_collections: 0 });
        purged += (report.rows.history ?? 0) + (report.rows.tombstones ?? 0);
        await expectIntact(collection);
      }
      collection.now += 400 * day;
      await cleanUp(collection.now, 3);
      await expectIntact(collection);
      expect(purged).toBeGreaterThan(0);
      // After a year of rest only the current records and one batch are left.
      const state = await readCollection(collection.userId);
      expect(state).toMatchObject({ tombstones: 0, log_rows: state.record_count, batches: 1 });
    },
  );

  test("history is kept 30 days from its replacement, tombstones 90 from the deletion, also from the second (S25)", async () => {
    const collection = await openAgingCollection(pool, began);
    const at = (days: number) => (collection.now = began + days * day);
    await collection.write([{ id: "a", text: "one" }]);
    at(100);
    await collection.write([{ id: "a", text: "two" }]);
    await collection.write([{ id: "b", type: "delete" }]);
    at(129.9);
    await cleanUp(collection.now);
    expect(await readCollection(collection.userId)).toMatchObject({ log_rows: 3, history_horizon: 0, horizon: 0 });
    expect(await collection.read(1)).toEqual(new Map([["a", "1 one"]]));
    at(130.1);
    await cleanUp(collection.now);
    expect(await readCollection(collection.userId)).toMatchObject({ log_rows: 1, history_horizon: 3, horizon: 0 });
    at(150);
    await collection.write([{ id: "b", text: "again" }]);
    await collection.write([{ id: "b", type: "delete" }]);
    at(239);
    await cleanUp(collection.now);
    expect(await readCollection(collection.userId)).toMatchObject({ tombstones: 1, horizon: 0 });
    at(240.1);
    await cleanUp(collection.now);
    expect(await readCollection(collection.userId)).toMatchObject({ tombstones: 0, horizon: 5, tombstone_count: 0 });
    await expectIntact(collection);
  });

  test("times still map to versions when batches are purged, and the rest is said to be inexact (S26)", async () => {
    const collection = await openAgingCollection(pool, began);
    for (const days of [0, 10, 20, 200]) {
      collection.now = began + days * day;
      await collection.write([{ id: `r${days}`, text: "x" }]);
    }
    await cleanUp(collection.now);
    const key = { userId: collection.userId, dataType: "contacts" };
    const versionAt = (days: number) => collection.store.versionAt(key, (began + days * day) * 1000);
    expect(await versionAt(200)).toEqual({ version: 4, isExact: true });
    expect(await versionAt(199)).toEqual({ version: 3, isExact: true });
    expect(await versionAt(21)).toEqual({ version: 3, isExact: true });
    expect(await versionAt(15)).toEqual({ version: 2, isExact: false });
  });

  test("batches go oldest first, wherever they lie: between two steps, too, a time has its version or none (R17, R18)", async () => {
    const collection = await openAgingCollection(pool, began);
    for (let days = 0; days < 60; days += 10) {
      collection.now = began + days * day;
      await collection.write([{ id: `r${days}`, text: "x" }]);
    }
    await pool.query(`
      create table moved as select * from sync_batches where user_id = '${collection.userId}';
      delete from sync_batches where user_id = '${collection.userId}';
      insert into sync_batches select * from moved order by head_after desc;
      create table kept (n integer generated always as identity, versions integer[]);
      create function note_kept() returns trigger language plpgsql as $$ begin
        insert into kept (versions)
          select array_agg(head_after order by head_after) from sync_batches where user_id = '${collection.userId}';
        return null;
      end $$;
      create trigger note_kept after delete on sync_batches for each statement execute function note_kept()`);
    const report = await cleanUp(began + (40 + 91) * day + 1, 2);
    expect(report).toMatchObject({ outcome: "done", rows: { batches: 4 } });
    const { rows } = await pool.query<{ versions: number[] }>("select distinct versions from kept order by versions");
    expect(rows.map((row) => row.versions)).toEqual([
      [3, 4, 5, 6],
      [5, 6],
    ]);
    await pool.query("drop table moved, kept; drop function note_kept cascade");
  });

  test("a batch that a clock which went back made older than the one before it waits for that one", async () => {
    const collection = await openAgingCollection(pool, began);
    for (const days of [0, 50, 10, 60]) {
      collection.now = began + days * day;
      await collection.write([{ id: `r${days}`, text: "x" }]);
    }
    await cleanUp(began + 130 * day);
    expect(await readCollection(collection.userId)).toMatchObject({ batches: 4 });
    await cleanUp(began + 142 * day);
    expect(await readCollection(collection.userId)).toMatchObject({ batches: 2 });
  });
});
