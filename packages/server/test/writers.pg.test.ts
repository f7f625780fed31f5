import { randomUUID } from "node:crypto";
import { formatInstant, parseInstant } from "@owlivion/sync-protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Api } from "./support/api.ts";
import { randomStream } from "./support/random.ts";
import { startTestServer, type TestServer } from "./support/server.ts";
import { syncClient, textOf, type SyncClient } from "./support/sync-client.ts";
import { waitForBlocked } from "./support/wait-until.ts";

// Many devices write the same record at once, for seconds.

const writingMs = 3_000;
let server: TestServer;
let api: Api;

beforeAll(async () => {
  // So many wait in one queue here that the usual limits would answer some of them 503.
  const patient = { databasePoolWaitMs: 60_000, databaseLockTimeoutMs: 60_000, databaseStatementTimeoutMs: 60_000 };
  server = await startTestServer({ config: patient });
  api = await Api.of(server.app);
});
afterAll(() => server.close());

async function devices(count: number): Promise<SyncClient[]> {
  const account = await server.register();
  const all = [syncClient(api, account)];
  while (all.length < count) all.push(syncClient(api, await server.signIn(account, { device_id: randomUUID() })));
  return all;
}

/** Runs all writers side by side until the time is up. */
async function writeForSeconds(
  writers: readonly SyncClient[],
  write: (writer: SyncClient, turn: number) => Promise<void>,
) {
  const end = performance.now() + writingMs;
  await Promise.all(
    writers.map(async (writer) => {
      for (let turn = 0; performance.now() < end; turn += 1) await write(writer, turn);
    }),
  );
}

describe.each([8, 64])("%i writers on one record", (count) => {
  test("R8 S14 S15 compare and set: each version has exactly one winner, and every loser is told", async () => {
    const writers = await devices(count);
    const { epoch } = await writers[0]!.page({ cursor: "initial" });
    const known = new Map<SyncClient, number>();
    const won: { version: number; base: number; text: string }[] = [];
    let lost = 0;
    await writeForSeconds(writers, async (writer, turn) => {
      const base = known.get(writer) ?? 0;
      const text = `${writer.deviceId} ${turn}`;
      const { status, code, data } = await writer.push([{ id: "one", text, base }], { epoch });
      expect([status, code]).toEqual([200, null]);
      const [result] = data.results;
      if (result!.status === "applied") {
        won.push({ version: result!.version!, base, text });
        known.set(writer, result!.version!);
        return;
      }
      lost += 1;
      const [conflict] = data.conflicts!;
      expect(conflict!.reason).toBe(base === 0 ? "EXISTS" : "STALE");
      expect(conflict!.server_version).toBeGreaterThan(base);
      expect(conflict!.current).not.toBeNull();
      known.set(writer, conflict!.server_version!);
    });

    won.sort((a, b) => a.version - b.version);
    expect(won.map(({ version }) => version)).toEqual(won.map((_, i) => i + 1));
    expect(won.map(({ base }) => base)).toEqual(won.map((_, i) => i));
    expect(lost).toBeGreaterThan(0);
    const page = await writers[0]!.page({ cursor: "initial" });
    expect([page.head, page.changes.map(textOf)]).toEqual([won.length, [won.at(-1)!.text]]);
    const { rows } = await server.database.pool.query(
      "select count(*)::int as kept from sync_data_changes where user_id = $1",
      [writers[0]!.account.userId],
    );
    expect(rows).toEqual([{ kept: won.length }]);
  });

  test("R7 S14 last write wins: what is kept is the maximum of (stamp, device), and every loser is told", async () => {
    const writers = await devices(count);
    const { userId } = writers[0]!.account;
    const random = randomStream(count);
    const from = Date.now() - 3_600_000;
    const sent: { stamp: string; device: string; isDelete: boolean }[] = [];
    const applied: { version: number; stamp: string; device: string }[] = [];
    await writeForSeconds(writers, async (writer, turn) => {
      // Few different stamps, so that devices often decide.
      const stamp = formatInstant((from + Math.floor(random() * 500) * 1000) * 1000);
      const isDelete = random() < 0.2;
      const change = isDelete ? { type: "delete" as const } : { text: `${writer.deviceId} ${turn}` };
      const { status, data } = await writer.push([{ id: "one", at: stamp, ...change }]);
      expect(status).toBe(200);
      const [result] = data.results;
      sent.push({ stamp, device: writer.deviceId, isDelete });
      if (result!.status === "applied") applied.push({ version: result!.version!, stamp, device: writer.deviceId });
      if (result!.status !== "conflict") return;
      expect(data.conflicts).toMatchObject([{ reason: "OLDER", server_version: expect.any(Number) }]);
      expect(parseInstant(data.conflicts![0]!.server_timestamp!)).toBeGreaterThanOrEqual(parseInstant(stamp)!);
    });

    applied.sort((a, b) => a.version - b.version);
    expect(applied.map(({ version }) => version)).toEqual(applied.map((_, i) => i + 1));
    const order = (one: { stamp: string; device: string }) => `${one.stamp} ${one.device}`;
    expect(applied.map(order)).toEqual(applied.map(order).toSorted());
    const maximum = sent.reduce((best, one) => (order(one) > order(best) ? one : best));
    const { rows } = await server.database.pool.query<{ stamp: string; device: string; is_delete: boolean }>(
      `select to_char(stamp_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as stamp, stamp_device_id as device, is_delete
        from (select stamp_at, stamp_device_id, false as is_delete from sync_data_changes where user_id = $1 and superseded_at is null
        union all select stamp_at, stamp_device_id, true from deleted_records where user_id = $1) kept`,
      [userId],
    );
    expect(rows).toMatchObject([{ stamp: maximum.stamp, device: maximum.device }]);
    const kinds = sent.filter((one) => order(one) === order(maximum)).map(({ isDelete }) => isDelete);
    expect(kinds).toContain(rows[0]!.is_delete);
  });
});

describe("a batch that waited for the lock", () => {
  /** Holds the collection's lock while `work` queues up, then lets go. */
  async function whileLocked<T>(userId: string, queue: readonly (() => Promise<T>)[]): Promise<T[]> {
    const holder = await server.database.pool.connect();
    try {
      await holder.query("begin");
      await holder.query("select 1 from sync_data where user_id = $1 for update", [userId]);
      const answers: Promise<T>[] = [];
      for (const [i, start] of queue.entries()) {
        answers.push(start());
        await waitForBlocked(server.database.pool, i + 1);
      }
      await holder.query("commit");
      return await Promise.all(answers);
    } finally {
      holder.release();
    }
  }

  test("R1 S14 is judged against what was committed meanwhile: compare and set", async () => {
    const [a, b] = (await devices(2)) as [SyncClient, SyncClient];
    const { epoch } = await a.accepted([{ id: "one", text: "0" }]);
    const [first, second] = await whileLocked(a.account.userId, [
      () => a.push([{ id: "one", text: "a", base: 1 }], { epoch }),
      () => b.push([{ id: "one", text: "b", base: 1 }], { epoch }),
    ]);
    const answers = [first!, second!].map(({ data }) => data);
    expect(answers.map((data) => data.conflict_count).toSorted()).toEqual([0, 1]);
    const loser = answers.find((data) => data.conflict_count === 1)!;
    expect(loser.conflicts).toMatchObject([{ reason: "STALE", server_version: 2, current: { version: 2 } }]);
  });

  test("R1 S14 is judged against what was committed meanwhile: last write wins, and a record that was not there", async () => {
    const [a, b] = (await devices(2)) as [SyncClient, SyncClient];
    await a.accepted([{ id: "other", text: "0" }]);
    const at = (secondsAgo: number) => formatInstant((Date.now() - secondsAgo * 1000) * 1000);
    const [first, second] = await whileLocked(a.account.userId, [
      () => a.push([{ id: "one", text: "newer", at: at(1) }]),
      () => b.push([{ id: "one", text: "older", at: at(9) }]),
    ]);
    expect([first!.status, second!.status]).toEqual([200, 200]);
    const page = await a.page({ cursor: "initial" });
    expect(page.changes.map((row) => [row.record_id, textOf(row)])).toEqual([
      ["other", "0"],
      ["one", "newer"],
    ]);
    // In whichever order they got the lock, the older one lost, or was replaced by a change that knew of it.
    expect([second!.data.conflict_count, page.head]).toEqual(page.head === 2 ? [1, 2] : [0, 3]);
  });

  test("R11 the same key on two data types at once: one is applied, the other told, whichever came first", async () => {
    const [a] = (await devices(1)) as [SyncClient];
    const signatures = syncClient(api, a.account, "signatures");
    const holder = await server.database.pool.connect();
    try {
      await holder.query("begin");
      await holder.query("lock table sync_batches in share mode"); // both look for the key, neither may note it
      const both = [a, signatures].map((client) => client.push([{ id: "one", text: "x" }], { key: "twice" }));
      await waitForBlocked(server.database.pool, 2);
      await holder.query("commit");
      const answers = await Promise.all(both);
      expect(answers.map(({ status, code }) => [status, code]).toSorted()).toEqual([
        [200, null],
        [422, "IDEMPOTENCY_KEY_REUSED"],
      ]);
    } finally {
      holder.release();
    }
    const { contacts, signatures: other } = await a.status();
    expect([contacts, other].filter((status) => status !== null)).toHaveLength(1);
  });
});
