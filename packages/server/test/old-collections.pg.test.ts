import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { runCleanup } from "../src/retention/run-cleanup.ts";
import { Api } from "./support/api.ts";
import { startTestServer, type TestServer } from "./support/server.ts";
import { idsOf, syncClient, type SyncClient } from "./support/sync-client.ts";

// Records outlive the batches that wrote them: nothing was purged that a device would have to be told, so every way of
// reading goes on.

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

const start = "1970-01-01T00:00:00Z";
const ids = ["a", "b", "c", "d", "e", "f"];

/** Six records of six batches, a hundred days later. */
async function age(): Promise<void> {
  for (const id of ids) await client.accepted([{ id, text: id }]);
  const report = await runCleanup(server.pool, {
    settings: { historyDays: 30, tombstoneDays: 90, batchDays: 91, auditDays: 90 },
    now: Date.now() + 100 * 86_400_000,
    acceptClock: true,
  });
  expect(report).toMatchObject({ outcome: "done", rows: { history: 0, tombstones: 0 } });
  const { rows } = await server.database.pool.query<{ kept: number }>(
    "select count(*)::int as kept from sync_batches where user_id = $1",
    [client.account.userId],
  );
  expect(rows[0]!.kept).toBeLessThan(ids.length);
  client = syncClient(api, await server.signIn(client.account));
}

test("R20 next_since leads through records whose batches are not kept", async () => {
  await age();
  for (const limit of [1, 2, 4]) {
    const seen: string[] = [];
    let page = await client.since({ since: start, limit });
    seen.push(...idsOf(page.changes));
    for (let pages = 0; page.pagination.has_more && pages < 20; pages += 1) {
      page = await client.since({ since: page.next_since, limit });
      seen.push(...idsOf(page.changes));
    }
    expect(seen).toEqual(ids);
  }
});

test("R15 R20 a cursor from the middle of a walk goes on, however the walk began", async () => {
  const empty = (await client.page({ cursor: "initial" })).next_cursor;
  await age();
  for (const first of [
    await client.since({ since: start, limit: 2 }),
    await client.page({ cursor: empty, limit: 2 }),
    await client.page({ cursor: "initial", limit: 2 }),
    await client.page({ cursor: "initial", limit: 2, tombstones: true }),
  ]) {
    const { state } = await client.walk({ cursor: first.next_cursor, limit: 2 });
    expect([...idsOf(first.changes), ...state.keys()]).toEqual(ids);
  }
});

test("R18 and is still told when a deletion it may not have seen was purged meanwhile", async () => {
  const empty = (await client.page({ cursor: "initial" })).next_cursor;
  await age();
  const { next_cursor: cursor } = await client.page({ cursor: empty, limit: 2 });
  await client.accepted([{ id: "d", type: "delete" }]);
  await server.database.pool.query("update deleted_records set expires_at = 'epoch' where user_id = $1", [
    client.account.userId,
  ]);
  await server.database.pool.query("select cleanup_expired_deleted_records()");
  expect(await client.pull({ cursor })).toMatchObject({ status: 410, code: "CURSOR_EXPIRED" });
});
