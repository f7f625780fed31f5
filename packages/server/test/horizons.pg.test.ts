import { formatInstant, parseInstant } from "@owlivion/sync-protocol";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { runCleanup } from "../src/retention/run-cleanup.ts";
import { Api } from "./support/api.ts";
import { startTestServer, type TestServer } from "./support/server.ts";
import { idsOf, syncClient, textOf, versionsOf, type SyncClient } from "./support/sync-client.ts";

let server: TestServer;
let api: Api;
let client: SyncClient;

beforeAll(async () => {
  server = await startTestServer();
  api = await Api.of(server.app);
});
afterAll(() => server.close());
beforeEach(async () => {
  client = syncClient(api, await server.register());
});

const dayMs = 86_400_000;
const query = async (sql: string, values: unknown[] = []) => (await server.database.pool.query(sql, values)).rows;
const start = "1970-01-01T00:00:00Z";

/** Purges this account's tombstones up to a version, as retention does when their time has come. */
async function purgeTombstones(upTo: number): Promise<void> {
  await query("update deleted_records set expires_at = 'epoch' where user_id = $1 and version <= $2", [
    client.account.userId,
    upTo,
  ]);
  await query("select cleanup_expired_deleted_records()");
}

/** Purges what changes up to a version replaced. */
async function purgeHistory(upTo: number): Promise<void> {
  await query(
    `select sweep_history(s.user_id, s.data_type, l.changed_at, 1000) from sync_data s
      join sync_changes_log l on l.user_id = s.user_id and l.data_type = s.data_type and l.version = $2
      where s.user_id = $1`,
    [client.account.userId, upTo],
  );
}

describe("the horizon of deletions", () => {
  /** Cursors and times that stand at versions 1, 2 (the purged deletion) and 3. */
  async function threeDevices() {
    const at = [];
    for (const change of [
      { id: "a", text: "1" },
      { id: "a", type: "delete" as const },
      { id: "b", text: "1" },
    ]) {
      await client.accepted([change]);
      const { cursor } = await client.walk({ cursor: "initial" });
      at.push({ cursor, since: (await client.since({ since: "2199-01-01T00:00:00Z" })).next_since });
    }
    await purgeTombstones(2);
    return at;
  }

  test("R18 S26 below it 410 with the horizon, at it and above the rest; by cursor, by time, by push", async () => {
    const [below, at, above] = await threeDevices();
    const gone = { status: 410, code: "CURSOR_EXPIRED", details: { horizon: 2, history_horizon: 0 } };
    expect(await client.pull({ cursor: below!.cursor })).toMatchObject(gone);
    expect(await client.pull({ since: below!.since })).toMatchObject(gone);
    expect(await client.deleted({ since: below!.since })).toMatchObject(gone);
    expect(await client.push([{ id: "c", text: "1" }], { cursor: below!.cursor })).toMatchObject(gone);
    expect((await client.page({ cursor: "initial" })).head).toBe(3);

    for (const { cursor, since } of [at!, above!]) {
      expect((await client.page({ cursor })).horizon).toBe(2);
      expect((await client.deleted({ since })).data.deleted).toEqual([]);
    }
    expect(versionsOf((await client.page({ cursor: at!.cursor })).changes)).toEqual([3]);
    expect(versionsOf((await client.since({ since: at!.since })).changes)).toEqual([3]);
    expect((await client.push([{ id: "c", text: "1" }], { cursor: at!.cursor })).data.delta!.changes).toHaveLength(1);
  });

  test("R20 an exact microsecond before the horizon is below it", async () => {
    const [, at] = await threeDevices();
    expect((await client.pull({ since: at!.since })).status).toBe(200);
    const before = formatInstant(parseInstant(at!.since)! - 1);
    expect((await client.pull({ since: before })).code).toBe("CURSOR_EXPIRED");
  });

  test("R16 a first download ends although the horizon lies in its middle, page by page", async () => {
    await client.accepted([
      { id: "gone", text: "1" },
      { id: "a", text: "1" },
      { id: "gone", type: "delete" },
      { id: "b", text: "1" },
      { id: "c", text: "1" },
    ]);
    const first = await client.page({ cursor: "initial", limit: 1 });
    expect(idsOf(first.changes)).toEqual(["a"]);
    await purgeTombstones(3);
    await client.accepted([{ id: "a", type: "delete" }]);
    const { state } = await client.walk({ cursor: first.next_cursor, limit: 1 }, new Map([["a", 2]]));
    expect([...state.keys()]).toEqual(["b", "c"]);
    // Also one that begins now, and a resync.
    for (const tombstones of [false, true]) {
      expect((await client.walk({ cursor: "initial", limit: 1, tombstones })).state.size).toBe(2);
    }
  });

  test("R16 a first download during which a deletion was made and purged is told", async () => {
    await client.accepted([
      { id: "a", text: "1" },
      { id: "b", text: "1" },
    ]);
    const first = await client.page({ cursor: "initial", limit: 1 });
    await client.accepted([{ id: "a", type: "delete" }]);
    await purgeTombstones(3);
    expect(await client.pull({ cursor: first.next_cursor })).toMatchObject({ status: 410, code: "CURSOR_EXPIRED" });
  });

  test("R7 a change of an absent record that is older than the purged deletion is TOO_OLD", async () => {
    const before = formatInstant((Date.now() - 60_000) * 1000);
    await client.accepted([{ id: "a", type: "delete" }]);
    await purgeTombstones(1);
    const { data } = await client.push([{ id: "a", text: "zombie", at: before }]);
    expect(data.conflicts).toMatchObject([{ reason: "TOO_OLD", server_version: null, current: null }]);
    expect((await client.push([{ id: "a", text: "new" }])).data.conflict_count).toBe(0);
  });
});

describe("the horizon of the history", () => {
  test("R17 as_of at it answers, below it 410 HISTORY_EXPIRED, above the head 400; also in the middle of a walk", async () => {
    for (let i = 1; i <= 4; i += 1) {
      await client.accepted([
        { id: "a", text: `a${i}` },
        { id: `b${i}`, text: "x" },
      ]);
    }
    const early = await client.page({ as_of: "4", limit: 1 });
    const late = await client.page({ as_of: "5", limit: 1 });
    await purgeHistory(5);
    const expired = { status: 410, code: "HISTORY_EXPIRED", details: { horizon: 0, history_horizon: 5 } };
    expect(await client.pull({ as_of: "4" })).toMatchObject({ status: 410, code: "HISTORY_EXPIRED" });
    expect(await client.pull({ cursor: early.next_cursor })).toMatchObject(expired);
    const texts = async (page: typeof late) => {
      const rest = await client.page({ cursor: page.next_cursor, limit: 100 });
      return [...page.changes, ...rest.changes].map(textOf).toSorted();
    };
    expect(await texts(late)).toEqual(["a3", "x", "x"]);
    expect((await client.page({ as_of: "5" })).changes.map(textOf).toSorted()).toEqual(["a3", "x", "x"]);
    expect(await client.pull({ as_of: "9" })).toMatchObject({ status: 400, code: "INVALID_AS_OF" });
  });

  test("R17 a time that is older than the kept batches is told, not answered with an empty past", async () => {
    await client.accepted([{ id: "a", text: "1" }]);
    await client.accepted([{ id: "a", text: "2" }]);
    const at = (await client.history("a")).data.history[1]!.changed_at;
    expect((await client.page({ as_of: at })).changes.map(textOf)).toEqual(["1"]);
    expect((await client.page({ as_of: start })).changes).toEqual([]);
    await query("delete from sync_batches where user_id = $1 and head_after = 1", [client.account.userId]);
    expect(await client.pull({ as_of: at })).toMatchObject({ status: 410, code: "HISTORY_EXPIRED" });
  });

  test("R18 a cursor whose batch is not remembered any more is expired, never trusted", async () => {
    await client.accepted([{ id: "a", text: "1" }]);
    const { cursor } = await client.walk({ cursor: "initial" });
    await client.accepted([{ id: "b", text: "1" }]);
    await query("delete from sync_batches where user_id = $1 and head_after = 1", [client.account.userId]);
    expect(await client.pull({ cursor })).toMatchObject({ status: 410, code: "CURSOR_EXPIRED" });
  });
});

describe("tombstones", () => {
  const tombstone = async () =>
    query(
      `select version::int, expires_at - deleted_at = interval '90 days' as for_90_days,
        expires_at > clock_timestamp() + interval '89 days' as from_now from deleted_records where user_id = $1`,
      [client.account.userId],
    );

  test("S25 a record deleted again has a tombstone for 90 days from then", async () => {
    await client.accepted([{ id: "a", type: "delete" }]);
    await query("update deleted_records set expires_at = clock_timestamp() + interval '1 hour' where user_id = $1", [
      client.account.userId,
    ]);
    await client.accepted([{ id: "a", text: "back" }]);
    expect(await tombstone()).toEqual([]);
    await client.accepted([{ id: "a", type: "delete" }]);
    expect(await tombstone()).toEqual([{ version: 3, for_90_days: true, from_now: true }]);
    expect(versionsOf((await client.deleted({ since: start })).data.deleted)).toEqual([3]);
  });

  test("S25 a deletion of what is deleted changes neither version nor time, a sealed one over an unsealed one both", async () => {
    await client.accepted([{ id: "a", type: "delete" }]);
    await client.accepted([{ id: "a", type: "delete" }]);
    expect(await tombstone()).toEqual([{ version: 1, for_90_days: true, from_now: true }]);
    await client.accepted([{ id: "a", type: "delete", text: "sealed" }]);
    expect(await tombstone()).toEqual([{ version: 2, for_90_days: true, from_now: true }]);
    expect((await client.history("a")).data.history.map((entry) => entry.version)).toEqual([2, 1]);
  });

  test("S25 the scheduled cleanup leaves it for 90 days and takes it after them", async () => {
    const { config, pool } = server.context;
    const cleanUpIn = (days: number) =>
      runCleanup(pool, { settings: config, acceptClock: true, now: Date.now() + days * dayMs });
    await query("update epochs set began_at = now() - interval '400 days'");
    await client.accepted([
      { id: "a", text: "1" },
      { id: "a", type: "delete" },
    ]);
    // The sessions end with the months that pass: the device signs in again.
    const signIn = async () => (client = syncClient(api, await server.signIn(client.account)));
    await cleanUpIn(89);
    await signIn();
    expect(versionsOf((await client.deleted({ since: start })).data.deleted)).toEqual([2]);
    const report = await cleanUpIn(91);
    expect(report.outcome).toBe("done");
    await signIn();
    expect(await client.deleted({ since: start })).toMatchObject({ status: 410, code: "CURSOR_EXPIRED" });
    expect(await client.page({ cursor: "initial", tombstones: true })).toMatchObject({ horizon: 2, deleted: [] });
  });
});
