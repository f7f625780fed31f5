import { formatInstant, parseInstant } from "@owlivion/sync-protocol";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Api } from "./support/api.ts";
import { uploadedChange, type ChangeInput } from "./support/batches.ts";
import { startTestServer, type TestAccount, type TestServer } from "./support/server.ts";
import { idsOf, syncClient, textOf, versionsOf, type SyncClient } from "./support/sync-client.ts";

// The nineteen cases the delta API was first described with, and what goes with each.

let server: TestServer;
let api: Api;
let account: TestAccount;
let client: SyncClient;
const start = "1970-01-01T00:00:00Z";

beforeAll(async () => {
  server = await startTestServer();
  api = await Api.of(server.app);
});
afterAll(() => server.close());
beforeEach(async () => {
  account = await server.register({ device_name: "Ada's laptop", platform: "linux" });
  client = syncClient(api, account);
});

const named = (count: number, prefix = "r"): ChangeInput[] =>
  Array.from({ length: count }, (_, i) => ({ id: `${prefix}${i}`, text: `text ${i}` }));

describe("upload", () => {
  test("success", async () => {
    const { status, data } = await client.push([
      { id: "a", type: "insert", text: "one" },
      { id: "b", type: "update", text: "two" },
    ]);
    expect(status).toBe(200);
    expect(data).toMatchObject({
      data_type: "contacts",
      version: 2,
      processed_count: 2,
      conflict_count: 0,
      results: [
        { record_id: "a", status: "applied", version: 1 },
        { record_id: "b", status: "applied", version: 2 },
      ],
    });
    expect(data).not.toHaveProperty("conflicts");
    expect(data).not.toHaveProperty("clock_skew_ms");
    const page = await client.page({ cursor: "initial" });
    expect(page.changes.map((row) => [row.record_id, row.change_type, textOf(row), row.device_id])).toEqual([
      ["a", "insert", "one", account.deviceId],
      ["b", "insert", "two", account.deviceId],
    ]);
  });

  test("delete handling", async () => {
    await client.accepted([{ id: "a", text: "one" }]);
    const reply = await client.accepted([
      { id: "a", type: "delete" },
      { id: "never seen", type: "delete" },
    ]);
    expect(reply).toMatchObject({ version: 3, processed_count: 2 });
    const page = await client.page({ cursor: "initial", tombstones: true });
    expect(page.changes).toEqual([]);
    expect(page.deleted).toEqual([
      expect.objectContaining({ record_id: "a", version: 2, deleted_by_device_id: account.deviceId }),
      expect.objectContaining({ record_id: "never seen", version: 3 }),
    ]);
    expect(page.deleted[0]).not.toHaveProperty("encrypted_record");
  });

  test("invalid data type", async () => {
    const answer = await syncClient(api, account, "nonsense").push([{ id: "a", text: "one" }]);
    expect(answer).toMatchObject({ status: 400, code: "INVALID_DATA_TYPE" });
    expect(await client.status()).toMatchObject({ contacts: null });
  });

  test("empty changes", async () => {
    expect(await client.push([])).toMatchObject({ status: 400, code: "EMPTY_CHANGES" });
  });

  test("authentication required", async () => {
    const payload = { changes: [uploadedChange({ id: "a", text: "one" })], device_id: account.deviceId };
    const call = { method: "POST", url: "/api/v1/sync/contacts/delta", payload } as const;
    expect(await api.call(call, null)).toMatchObject({ status: 401, code: "AUTHENTICATION_REQUIRED" });
    const forged = { authorization: `Bearer ${account.session.tokens.access_token}x` };
    expect(await api.call({ ...call, headers: forged }, null)).toMatchObject({ status: 401, code: "INVALID_TOKEN" });
    expect(await client.status()).toMatchObject({ contacts: null });
  });

  test("a batch of 50", async () => {
    const reply = await client.accepted(named(50));
    expect([reply.processed_count, reply.version]).toEqual([50, 50]);
    expect(reply.results.map((result) => result.version)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
    expect((await client.page({ cursor: "initial" })).changes).toHaveLength(50);
  });

  test("1000 changes are accepted, more are rejected with BATCH_TOO_LARGE", async () => {
    const tooMany = await client.push(named(1001));
    expect(tooMany).toMatchObject({ status: 413, code: "BATCH_TOO_LARGE", details: { max_changes: 1000 } });
    expect(await client.status()).toMatchObject({ contacts: null });
    expect((await client.accepted(named(1000))).version).toBe(1000);
  });

  test("checksum validation: S30 of the bytes, and nothing of the batch is applied", async () => {
    const wrong = { ...uploadedChange({ id: "b", text: "two" }), record_checksum: Buffer.alloc(32).toString("base64") };
    const answer = await client.send({
      changes: [uploadedChange({ id: "a", text: "one" }), wrong],
      device_id: account.deviceId,
    });
    expect(answer).toMatchObject({
      status: 400,
      code: "INVALID_CHANGES",
      details: [{ index: 1, code: "INVALID_CHECKSUM" }],
    });
    expect(await client.status()).toMatchObject({ contacts: null });
  });

  test("S29 another device's id is refused", async () => {
    const { account: other } = { account: await server.signIn(account, { device_id: crypto.randomUUID() }) };
    const body = { changes: [uploadedChange({ id: "a", text: "one" })], device_id: other.deviceId };
    expect(await client.send(body)).toMatchObject({ status: 403, code: "DEVICE_MISMATCH" });
  });

  test("S11 S12 two edits of one record in one batch are both applied, in order", async () => {
    const reply = await client.accepted([
      { id: "a", type: "insert", text: "first" },
      { id: "a", type: "update", text: "second" },
      { id: "b", type: "insert", text: "b" },
      { id: "b", type: "delete" },
    ]);
    expect(reply.version).toBe(4);
    const page = await client.page({ cursor: "initial", tombstones: true });
    expect(page.changes.map((row) => [row.record_id, textOf(row), row.version])).toEqual([["a", "second", 2]]);
    expect(versionsOf(page.deleted)).toEqual([4]);
  });
});

describe("download", () => {
  test("with pagination", async () => {
    await client.accepted(named(25));
    const ids: string[] = [];
    let offset = 0;
    for (;;) {
      const page = await client.since({ since: start, limit: 10, offset });
      ids.push(...idsOf(page.changes));
      if (!page.pagination.has_more) break;
      offset = page.pagination.next_offset!;
    }
    expect(ids).toEqual(named(25).map((change) => change.id));
  });

  test("pagination metadata", async () => {
    await client.accepted(named(25));
    await client.accepted([{ id: "r0", type: "delete" }]);
    const page = await client.since({ since: start, limit: 10 });
    expect(page).toMatchObject({ since: formatInstant(0), head: 26, horizon: 0 });
    expect(page.pagination).toEqual({
      total_changes: 24,
      total_deleted: 1,
      limit: 10,
      offset: 0,
      returned_count: 10,
      has_more: true,
      next_offset: 11,
    });
    const last = await client.since({ since: start, limit: 1000, offset: 20 });
    expect(last.pagination).toMatchObject({ returned_count: 6, has_more: false, next_offset: null, total_changes: 24 });
  });

  test("S23 has_more counts deletions too", async () => {
    await client.accepted(named(3, "kept"));
    await client.accepted(named(30, "gone").map(({ id }) => ({ id, type: "delete" as const })));
    const first = await client.since({ since: start, limit: 10 });
    expect([first.changes.length, first.deleted.length, first.pagination.has_more]).toEqual([3, 7, true]);
    const rest = await client.since({ since: start, limit: 100, offset: first.pagination.next_offset! });
    expect([rest.deleted.length, rest.pagination.has_more]).toEqual([23, false]);
  });

  test("empty for a future timestamp", async () => {
    await client.accepted(named(3));
    const page = await client.since({ since: "2199-01-01T00:00:00Z" });
    expect([page.changes, page.deleted, page.pagination.total_changes]).toEqual([[], [], 0]);
    expect(page.pagination).toMatchObject({ has_more: false, next_offset: null });
  });

  test("missing since", async () => {
    expect(await client.pull({})).toMatchObject({ status: 400, code: "MISSING_SINCE_PARAM" });
    expect(await client.deleted({})).toMatchObject({ status: 400, code: "MISSING_SINCE_PARAM" });
  });

  test("invalid timestamp", async () => {
    for (const since of ["yesterday", "2026-02-30T00:00:00Z", "2026-03-01", "2026-03-01T00:00:00", "1e9", ""]) {
      expect(await client.pull({ since }), since).toMatchObject({ status: 400, code: "INVALID_TIMESTAMP" });
      expect(await client.deleted({ since }), since).toMatchObject({ status: 400, code: "INVALID_TIMESTAMP" });
    }
  });

  test("S13 a batch of 1000 comes back whole in pages of any size", async () => {
    await client.accepted(named(1000));
    for (const limit of [7, 333, 1000]) {
      expect((await client.walk({ cursor: "initial", limit })).state.size).toBe(1000);
    }
  });

  test("S21 S22 next_since is exact: one change delivered once, none skipped", async () => {
    await client.accepted(named(3));
    const first = await client.since({ since: start, limit: 2 });
    const rest = await client.since({ since: first.next_since });
    expect(versionsOf(rest.changes)).toEqual([3]);
    expect((await client.since({ since: rest.next_since })).changes).toEqual([]);
    await client.accepted([{ id: "late", text: "x" }]);
    expect(idsOf((await client.since({ since: rest.next_since })).changes)).toEqual(["late"]);
  });
});

describe("deleted records", () => {
  test("query", async () => {
    await client.accepted(named(2));
    const between = await client.since({ since: start });
    await client.accepted([{ id: "r0", type: "delete" }]);
    const { status, data } = await client.deleted({ since: between.next_since });
    expect(status).toBe(200);
    expect(data.deleted).toEqual([
      {
        record_id: "r0",
        version: 3,
        deleted_at: expect.any(String),
        deleted_by_device_id: account.deviceId,
      },
    ]);
    expect(parseInstant(data.deleted[0]!.deleted_at)).toBeGreaterThan(parseInstant(between.next_since)!);
  });

  test("pagination", async () => {
    await client.accepted(named(7).map(({ id }) => ({ id, type: "delete" as const })));
    const first = await client.deleted({ since: start, limit: 3 });
    expect(first.data.pagination).toEqual({
      total: 7,
      limit: 3,
      offset: 0,
      returned_count: 3,
      has_more: true,
      next_offset: 3,
    });
    const rest = await client.deleted({ since: start, limit: 10, offset: 3 });
    expect(versionsOf(rest.data.deleted)).toEqual([4, 5, 6, 7]);
    expect(rest.data.pagination).toMatchObject({ has_more: false, next_offset: null });
  });
});

describe("conflict", () => {
  test("last write wins", async () => {
    const other = syncClient(api, await server.signIn(account, { device_id: crypto.randomUUID() }));
    const at = (secondsAgo: number) => formatInstant((Date.now() - secondsAgo * 1000) * 1000);
    await client.accepted([{ id: "a", text: "newer", at: at(10) }]);
    const lost = await other.push([
      { id: "a", text: "older", at: at(20) },
      { id: "b", text: "beside it", at: at(20) },
    ]);
    expect(lost.data).toMatchObject({ processed_count: 1, conflict_count: 1 });
    expect(lost.data.conflicts).toMatchObject([{ index: 0, record_id: "a", reason: "OLDER", server_version: 1 }]);
    expect(textOf(lost.data.conflicts![0]!.current!)).toBe("newer");
    const won = await other.push([{ id: "a", text: "newest", at: at(5) }]);
    expect(won.data.conflict_count).toBe(0);
    expect((await client.page({ cursor: "initial" })).changes.map(textOf)).toEqual(["beside it", "newest"]);
  });

  test("S18 S19 an edit has its own time, and a clock that is ahead is clamped and told", async () => {
    await client.accepted([{ id: "a", text: "now" }]);
    const reply = await client.accepted([{ id: "a", text: "from 2099", at: "2099-01-01T00:00:00Z" }]);
    expect(reply.clock_skew_ms).toBeGreaterThan(3600_000);
    const next = await client.push([{ id: "a", text: "honest" }]);
    expect(next.data.conflict_count).toBe(0);
  });

  test("a reply says by code what stands: a record, a tombstone, nothing", async () => {
    const { epoch } = await client.page({ cursor: "initial" });
    await client.accepted([
      { id: "live", text: "x" },
      { id: "dead", type: "delete" },
    ]);
    const { data } = await client.push(
      ["live", "dead", "unknown"].map((id) => ({ id, text: "y", base: 7 })),
      { epoch },
    );
    expect(data.conflicts).toMatchObject([
      { reason: "STALE", server_version: 1, current: { change_type: "insert" } },
      { reason: "STALE", server_version: 2, current: { deleted_at: expect.any(String) } },
      { reason: "STALE", server_version: null, current: null },
    ]);
  });
});

describe("database functions", () => {
  const query = async (sql: string, values: unknown[] = []) => (await server.database.pool.query(sql, values)).rows;

  test("sync_data_changes is tracked", async () => {
    await client.accepted([
      { id: "a", text: "one" },
      { id: "a", text: "two" },
      { id: "a", type: "delete" },
    ]);
    const rows = await query(
      `select version::int, change_type, superseded_version::int, prev_version::int, device_id, record_id,
        convert_from(encrypted_record, 'UTF8') as text from sync_data_changes where user_id = $1 order by version`,
      [account.userId],
    );
    const common = { device_id: account.deviceId, record_id: "a" };
    expect(rows).toEqual([
      { version: 1, change_type: 0, superseded_version: 2, prev_version: null, text: "one", ...common },
      { version: 2, change_type: 1, superseded_version: 3, prev_version: 1, text: "two", ...common },
      { version: 3, change_type: 2, superseded_version: 3, prev_version: 2, text: null, ...common },
    ]);
    expect(
      await query("select action, applied, conflicts from sync_history where user_id = $1", [account.userId]),
    ).toEqual([{ action: "delta_upload", applied: 3, conflicts: 0 }]);
  });

  test("deleted_records is tracked, for 90 days", async () => {
    await client.accepted([{ id: "a", type: "delete" }]);
    const rows = await query(
      `select record_id, version::int, deleted_by_device_id, expires_at - deleted_at = interval '90 days' as for_90_days
        from deleted_records where user_id = $1`,
      [account.userId],
    );
    expect(rows).toEqual([{ record_id: "a", version: 1, deleted_by_device_id: account.deviceId, for_90_days: true }]);
    await client.accepted([{ id: "a", text: "back" }]);
    expect(await query("select 1 from deleted_records where user_id = $1", [account.userId])).toEqual([]);
  });

  test("get_changes_since, get_deleted_since and count_changes_since return what the routes answer", async () => {
    await client.accepted(named(5));
    const half = await client.since({ since: start });
    await client.accepted([
      { id: "r1", text: "again" },
      { id: "r2", type: "delete" },
      { id: "new", text: "new" },
    ]);
    for (const since of [start, half.next_since, "2199-01-01T00:00:00Z"]) {
      for (const [limit, offset] of [
        [100, 0],
        [2, 0],
        [2, 2],
      ] as const) {
        const args = [account.userId, since, limit, offset];
        const changes = await query(
          `select record_id, change_type, version::int, device_id, encode(encrypted_record, 'base64') as encrypted_record
            from get_changes_since($1, 'contacts', $2, $3, $4)`,
          args,
        );
        const deleted = await query(
          "select record_id, version::int, deleted_by_device_id from get_deleted_since($1, 'contacts', $2, $3, $4)",
          args,
        );
        const page = await client.since({ since, limit, offset });
        const both = [...changes, ...deleted].toSorted((a, b) => a.version - b.version).slice(0, limit);
        expect(both.map((row) => row.version)).toEqual(
          versionsOf([...page.changes, ...page.deleted]).toSorted((a, b) => a - b),
        );
        for (const row of page.changes) expect(changes).toContainEqual(pick(row, Object.keys(changes[0])));
        for (const row of page.deleted) expect(deleted).toContainEqual(pick(row, Object.keys(deleted[0])));
        const [count] = await query(
          "select change_count::int, deleted_count::int from count_changes_since($1, 'contacts', $2)",
          [account.userId, since],
        );
        expect(count).toEqual({
          change_count: page.pagination.total_changes,
          deleted_count: page.pagination.total_deleted,
        });
      }
    }
    expect(await query("select * from get_changes_since($1, 'contacts', $2)", [crypto.randomUUID(), start])).toEqual(
      [],
    );
    expect(await query("select * from get_changes_since($1, 'unknown type', $2)", [account.userId, start])).toEqual([]);
  });

  test("cleanup_expired_deleted_records purges what is past 90 days, and raises the horizon", async () => {
    await client.accepted(named(2));
    await client.accepted([{ id: "r0", type: "delete" }]);
    const since = await client.since({ since: start });
    await client.accepted([{ id: "r1", type: "delete" }]);
    const [{ n: none }] = await query(
      "select cleanup_expired_deleted_records(clock_timestamp() + interval '89 days')::int as n",
    );
    expect(none).toBe(0);
    await query(
      "update deleted_records set expires_at = clock_timestamp() - interval '1 s' where user_id = $1 and record_id = 'r0'",
      [account.userId],
    );
    expect(await query("select cleanup_expired_deleted_records()::int as n")).toEqual([{ n: 1 }]);
    expect(await client.status()).toMatchObject({ contacts: { horizon: 3, head: 4 } });
    expect(await client.pull({ since: start })).toMatchObject({ status: 410, code: "CURSOR_EXPIRED" });
    expect(await client.deleted({ since: start })).toMatchObject({ status: 410, code: "CURSOR_EXPIRED" });
    expect(versionsOf((await client.since({ since: since.next_since })).deleted)).toEqual([4]);
  });

  test("cleanup_old_changes purges what was replaced 30 days ago, never what is current", async () => {
    await client.accepted([
      { id: "a", text: "old" },
      { id: "b", text: "never touched again" },
    ]);
    await client.accepted([{ id: "a", text: "new" }]);
    expect(await query("select cleanup_old_changes()::int as n")).toEqual([{ n: 0 }]);
    const [{ n }] = await query(
      "select cleanup_old_changes('30 days', clock_timestamp() + interval '31 days')::int as n",
    );
    expect(n).toBeGreaterThanOrEqual(1);
    expect((await client.page({ cursor: "initial" })).changes.map(textOf)).toEqual(["never touched again", "new"]);
    expect(versionsOf((await client.history("a")).data.history as never)).toEqual([3]);
    expect(await client.pull({ as_of: "2" })).toMatchObject({ status: 410, code: "HISTORY_EXPIRED" });
  });

  test("v_recent_changes shows the last day's activity with device names", async () => {
    await client.accepted([{ id: "a", text: "one" }]);
    await client.accepted([{ id: "a", type: "delete" }]);
    const rows = await query(
      "select data_type, version::int, record_id, change_type, device_id, device_name from v_recent_changes where user_id = $1 order by version",
      [account.userId],
    );
    const common = { data_type: "contacts", record_id: "a", device_id: account.deviceId, device_name: "Ada's laptop" };
    expect(rows).toEqual([
      { version: 1, change_type: "insert", ...common },
      { version: 2, change_type: "delete", ...common },
    ]);
  });

  test("v_delta_sync_stats shows each account's collections", async () => {
    await client.accepted([
      { id: "a", text: "1234" },
      { id: "b", text: "12" },
      { id: "c", type: "delete" },
    ]);
    await syncClient(api, account, "signatures").accepted([{ id: "s", text: "x" }]);
    const rows = await query(
      `select data_type, head::int, record_count::int, tombstone_count::int, live_bytes::int, horizon::int,
        history_horizon::int, kept_batches::int from v_delta_sync_stats where user_id = $1 order by data_type`,
      [account.userId],
    );
    expect(rows).toEqual([
      {
        data_type: "contacts",
        head: 3,
        record_count: 2,
        tombstone_count: 1,
        live_bytes: 6,
        horizon: 0,
        history_horizon: 0,
        kept_batches: 1,
      },
      {
        data_type: "signatures",
        head: 1,
        record_count: 1,
        tombstone_count: 0,
        live_bytes: 1,
        horizon: 0,
        history_horizon: 0,
        kept_batches: 1,
      },
    ]);
  });
});

function pick(row: object, names: readonly string[]): object {
  return Object.fromEntries(names.map((name) => [name, (row as Record<string, unknown>)[name]]));
}
