import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { eraseCollection } from "../src/account/erase-collection.ts";
import { Api } from "./support/api.ts";
import type { ChangeInput } from "./support/batches.ts";
import { startTestServer, type TestServer } from "./support/server.ts";
import { syncClient, type SyncClient } from "./support/sync-client.ts";

// On fresh or wrong statistics the planner believes that (user, data type) names one row. Whatever it believes, a batch may
// only touch what it names: what was read is counted, by index, not timed.

const collectionSize = 20_000;
const batchSize = 1000;
let server: TestServer;
let api: Api;
let client: SyncClient;

beforeEach(async () => {
  server = await startTestServer({ config: { databaseStatementTimeoutMs: 60_000 } });
  api = await Api.of(server.app);
  const { pool } = server.database;
  await pool.query("alter table sync_data_changes set (autovacuum_enabled = off)");
  await pool.query("alter table deleted_records set (autovacuum_enabled = off)");
  client = syncClient(api, await server.register());
});
afterEach(() => server.close());

/** A large collection, through the routes. */
async function fill(): Promise<void> {
  for (let from = 0; from < collectionSize; from += batchSize) {
    await client.accepted(Array.from({ length: batchSize }, (_, i) => ({ id: `r${from + i}`, text: "x" })));
  }
  await client.accepted(Array.from({ length: batchSize }, (_, i): ChangeInput => ({ id: `d${i}`, type: "delete" })));
}

async function deleteAll(): Promise<void> {
  for (let from = 0; from < collectionSize; from += batchSize) {
    await client.accepted(
      Array.from({ length: batchSize }, (_, i): ChangeInput => ({ id: `r${from + i}`, type: "delete" })),
    );
  }
}

const states = {
  "never analyzed": fill,
  "analyzed while each user had one row": async () => {
    for (let i = 0; i < 50; i += 1) {
      const other = syncClient(api, await server.register());
      await other.accepted([
        { id: `r${i}`, text: "x" },
        { id: `d${i}`, type: "delete" },
      ]);
    }
    await server.database.pool.query("analyze");
    await fill();
  },
  "analyzed as it is": async () => {
    await fill();
    await server.database.pool.query("analyze");
  },
};

/** Rows and index entries that the server's sessions have read so far, by table and index. */
async function readSoFar(): Promise<Map<string, number>> {
  const { pool } = server.database;
  // A session reports what it did when it goes idle, but not more often than it likes to; asked, it does.
  const clients = await Promise.all(Array.from({ length: server.pool.totalCount }, () => server.pool.connect()));
  for (const connection of clients) await connection.query("select pg_stat_force_next_flush()");
  for (const connection of clients) connection.release();
  const { rows } = await pool.query<{ name: string; read: number }>(
    `select relname || ' by scan' as name, seq_tup_read::int as read from pg_stat_user_tables
      union all select indexrelname, idx_tup_read::int from pg_stat_user_indexes`,
  );
  return new Map(rows.map(({ name, read }) => [name, read]));
}

async function readBy(work: () => Promise<unknown>): Promise<Map<string, number>> {
  const before = await readSoFar();
  await work();
  const after = await readSoFar();
  return new Map(
    [...after]
      .map(([name, read]): [string, number] => [name, read - (before.get(name) ?? 0)])
      .filter(([, read]) => read > 0),
  );
}

const watched = /^(sync_changes|deleted_records|sync_batches|sync_data_changes)/;

describe.each(Object.entries(states))("%s", (_name, prepare) => {
  test("a batch of 1000 touches what it names: updates, deletions, what comes back, conflicts; so do pages and histories", async () => {
    await prepare();
    const { epoch, next_cursor } = await client.since({ since: "2199-01-01T00:00:00Z" });
    const named = (from: number, change: object) =>
      Array.from({ length: batchSize }, (_, i): ChangeInput => ({ id: `r${from + i}`, ...change }));
    const revived = Array.from({ length: batchSize }, (_, i): ChangeInput => ({ id: `d${i}`, text: "back" }));
    const work: Record<string, () => Promise<unknown>> = {
      updates: () => client.accepted(named(0, { text: "new" })),
      "the same again": () => client.accepted(named(0, { text: "newer" })),
      deletions: () => client.accepted(named(1000, { type: "delete" })),
      "what comes back": () => client.accepted(revived),
      conflicts: () => client.push(named(5000, { text: "stale", base: 1 }), { epoch }),
      "a push with a cursor": () => client.accepted(named(7000, { text: "new" }), { cursor: next_cursor }),
      "a page by cursor": () => client.page({ cursor: next_cursor, limit: 1000 }),
      "a page from the start": () => client.page({ cursor: "initial", limit: 1000 }),
      "a history": () => client.history("r1"),
    };
    for (const [name, run] of Object.entries(work)) await expectInProportion(name, run);
  });

  test("a step of retention, which holds the collection's lock, touches what it removes", async () => {
    await prepare();
    await deleteAll();
    // The inserts have replaced nothing: what there is to remove begins with the deletions.
    await server.pool.query("update sync_data set history_swept = $1 where head > $1", [collectionSize + batchSize]);
    const sweep = (step: string) => async () => {
      const { rows } = await server.pool.query<{ purged: number }>(
        `select purged::int from sync_data s, ${step}(s.user_id, s.data_type, clock_timestamp() + interval '91 days', $1)
          where s.head > $2`,
        [batchSize, collectionSize],
      );
      return rows[0]!.purged;
    };
    const removed: Record<string, number> = {};
    for (const step of ["sweep_history", "sweep_tombstones"]) {
      await expectInProportion(step, async () => (removed[step] = await sweep(step)()));
      await expectInProportion(`${step}, the next`, sweep(step));
    }
    expect(removed).toEqual({ sweep_history: 2 * batchSize, sweep_tombstones: batchSize });
  });

  test("an erasure reads each row of the collection a few times, not once for every step", async () => {
    await prepare();
    await deleteAll();
    const { rows } = await server.pool.query<{ type: number }>(
      "select data_type as type from sync_data where head > 1",
    );
    const { userId } = client.account;
    for (const [what, read] of await readBy(() => eraseCollection(server.pool, userId, rows[0]!.type))) {
      if (!watched.test(what)) continue;
      // The log holds two changes of each record, and the next step meets some that the last one has deleted.
      expect([what, read <= 5 * collectionSize ? "a few times" : read]).toEqual([what, "a few times"]);
    }
  });
});

/** A lookup for each change, a few times; the collection is twenty times as large, and the square of a batch more. */
async function expectInProportion(name: string, work: () => Promise<unknown>): Promise<void> {
  for (const [what, read] of await readBy(work)) {
    if (!watched.test(what)) continue;
    expect([name, what, read <= 6 * batchSize ? "in proportion" : read]).toEqual([name, what, "in proportion"]);
  }
}
