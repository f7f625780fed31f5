import { randomUUID } from "node:crypto";
import type { Pool } from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openAgingCollection, type AgingCollection } from "../../test/support/aging-collection.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { loadConfig } from "../config/config.ts";
import { runCleanup, type CleanupOptions } from "./run-cleanup.ts";

const hour = 3_600_000;
const day = 24 * hour;
const began = Date.UTC(2026, 0, 1);
const settings = loadConfig({});

let database: TestDatabase;
let pool: Pool;
let collection: AgingCollection;
beforeEach(async () => {
  database = await createTestDatabase();
  ({ pool } = database);
  collection = await openAgingCollection(pool, began);
  await collection.write([{ id: "a", text: "one" }]);
  await collection.write([{ id: "a", text: "two" }]);
});
afterEach(() => database.drop());

const cleanUp = (now: number, options: Partial<CleanupOptions> = {}) => runCleanup(pool, { settings, now, ...options });
const count = async (table: string) =>
  (await pool.query<{ n: number }>(`select count(*)::integer as n from ${table}`)).rows[0]!.n;

describe("retention: when it does not run", () => {
  test("a clock that jumped stops it until an operator accepts it", async () => {
    await cleanUp(began);
    const jumped = began + 100 * day;
    expect(await cleanUp(jumped)).toMatchObject({ outcome: "suspended", rows: {} });
    expect((await cleanUp(jumped + hour)).message).toContain("--accept-clock");
    expect(await count("sync_data_changes")).toBe(2);
    expect(await cleanUp(jumped + 2 * hour, { acceptClock: true })).toMatchObject({
      outcome: "done",
      rows: { history: 1 },
    });
    expect(await cleanUp(jumped + 3 * hour)).toMatchObject({ outcome: "done" });
    expect(await count("sync_data_changes")).toBe(1);
  });

  test("or until it went on steadily for seven days; another jump begins them anew", async () => {
    await cleanUp(began);
    const jumped = began + 100 * day;
    for (let now = jumped; now < jumped + 5 * day; now += day) {
      expect(await cleanUp(now)).toMatchObject({ outcome: "suspended" });
    }
    const again = jumped + 8 * day;
    for (let now = again; now < again + 7 * day; now += day) {
      expect(await cleanUp(now)).toMatchObject({ outcome: "suspended" });
    }
    expect(await cleanUp(again + 7 * day)).toMatchObject({ outcome: "done", rows: { history: 1 } });
  });

  test("a clock that went back stops it too, and is told in the stored report", async () => {
    await cleanUp(began + 100 * day);
    expect(await cleanUp(began + 97 * day)).toMatchObject({ outcome: "suspended" });
    const { rows } = await pool.query("select report->>'outcome' as outcome, suspect_since from cleanup_state");
    expect(rows).toEqual([{ outcome: "suspended", suspect_since: new Date(began + 97 * day) }]);
  });

  test("it pauses for seven days after a new epoch, but not after the very first", async () => {
    const now = Date.now();
    expect(await cleanUp(now)).toMatchObject({ outcome: "done" });
    await pool.query("select begin_epoch('restored', false)");
    expect(await cleanUp(now + hour, { acceptClock: true })).toMatchObject({ outcome: "paused", rows: {} });
    for (let days = 1; days < 7; days++) {
      expect(await cleanUp(now + days * day)).toMatchObject({ outcome: "paused" });
    }
    expect(await cleanUp(now + 7 * day + hour)).toMatchObject({ outcome: "done" });
  });

  test("only one process runs it; the lock goes with its connection", async () => {
    const other = await pool.connect();
    await other.query("select pg_advisory_lock(7002)");
    expect(await cleanUp(began)).toMatchObject({ outcome: "busy" });
    other.release(true);
    await expect.poll(async () => (await cleanUp(began)).outcome).toBe("done");
    expect((await cleanUp(began)).outcome).toBe("done");
  });

  test("a server that stops ends it between two steps, and the next run goes on", async () => {
    const stop = new AbortController();
    stop.abort();
    expect(await cleanUp(began + 40 * day, { signal: stop.signal })).toMatchObject({ outcome: "stopped" });
    expect(await count("sync_data_changes")).toBe(2);
    expect(await cleanUp(began + 40 * day)).toMatchObject({ outcome: "done", rows: { history: 1 } });
  });

  test("a collection that is locked for long is skipped, which the report tells, and found again (S31)", async () => {
    const writer = await pool.connect();
    await writer.query("begin");
    await writer.query("select 1 from sync_data for update");
    const now = began + 40 * day;
    const impatient = { ...pool, connect: () => connectWithLockTimeout(pool) } as unknown as Pool;
    const report = await runCleanup(impatient, { settings, now });
    expect(report).toMatchObject({ outcome: "incomplete", skipped_collections: 1, rows: { history: 0 } });
    expect(report.message).toContain("1 collection was skipped");
    await writer.query("rollback");
    writer.release();
    expect(await cleanUp(now)).toMatchObject({
      outcome: "done",
      message: null,
      skipped_collections: 0,
      rows: { history: 1 },
    });
  });

  test("a connection that breaks during a run is an error, not a crash, and frees the lock (S32)", async () => {
    const breaking = {
      connect: async () => {
        const client = await pool.connect();
        await client.query("set lock_timeout = '1min'");
        return client;
      },
    } as unknown as Pool;
    const writer = await pool.connect();
    await writer.query("begin");
    await writer.query("select 1 from sync_data for update");
    const failed = expect(runCleanup(breaking, { settings, now: began + 40 * day })).rejects.toThrow();
    const waiting = "select pid from pg_stat_activity where wait_event_type = 'Lock' and query like '%sweep_history%'";
    await expect.poll(async () => (await pool.query(waiting)).rowCount).toBe(1);
    await pool.query(`select pg_terminate_backend(pid) from (${waiting}) w`);
    await failed;
    await writer.query("rollback");
    writer.release();
    expect(await cleanUp(began + 40 * day)).toMatchObject({ outcome: "done", rows: { history: 1 } });
  });
});

async function connectWithLockTimeout(from: Pool) {
  const client = await from.connect();
  await client.query("set lock_timeout = '50ms'");
  return client;
}

test("what is not a record goes when its time has come, and not before", async () => {
  const { userId, deviceId } = collection;
  const now = began + 100 * day;
  const at = (days: number) => new Date(now - days * day);
  await pool.query("truncate sync_history");
  for (const days of [89, 91]) {
    await pool.query("insert into sync_history (user_id, action, at) values ($1, 'delta_upload', $2)", [
      userId,
      at(days),
    ]);
  }
  const family = randomUUID();
  const token = (name: string, expiresAt: Date, consumedAt: Date | null) =>
    pool.query(
      `insert into refresh_tokens (user_id, family_id, token_hash, device_id, expires_at, consumed_at)
       values ($1, $2, $3, $4, $5, $6)`,
      [userId, family, Buffer.from(name), deviceId, expiresAt, consumedAt],
    );
  await token("current", at(-30), null);
  await token("consumed, still the evidence of a theft (S41)", at(-1), at(29));
  await token("consumed and expired", at(1), at(31));
  const keys = (version: number, replacedAt: Date | null) =>
    pool.query(
      `insert into account_keys (user_id, version, key_epoch, password_wrap, recovery_wrap, replaced_at)
       values ($1, $2, 1, '', '', $3)`,
      [userId, version, replacedAt],
    );
  await keys(1, at(31));
  await keys(2, at(29));
  await keys(3, null);
  const failure = (name: string, beganAt: Date, lockedUntil: Date | null) =>
    pool.query(
      "insert into secret_failures (subject, failures, window_began_at, locked_until) values ($1, 1, $2, $3)",
      [Buffer.from(name), beganAt, lockedUntil],
    );
  await failure("old", at(2), null);
  await failure("old, but locked still", at(2), at(-1));
  await failure("recent", at(0.5), null);
  const invitation = (name: string, expiresAt: Date, usedAt: Date | null) =>
    pool.query("insert into invitations (token_hash, expires_at, used_at) values ($1, $2, $3)", [
      Buffer.from(name),
      expiresAt,
      usedAt,
    ]);
  await invitation("open", at(-1), null);
  await invitation("expired long ago", at(31), null);
  await invitation("used long ago", at(-1), at(31));
  const report = await cleanUp(now, { stepSize: 1 });
  expect(report).toMatchObject({
    outcome: "done",
    rows: { audit: 1, refresh_tokens: 1, account_keys: 1, secret_failures: 1, invitations: 2 },
  });
  const { rows } = await pool.query("select convert_from(token_hash, 'UTF8') as name from refresh_tokens order by 1");
  expect(rows.map((row) => row.name)).toEqual(["consumed, still the evidence of a theft (S41)", "current"]);
  expect(await count("account_keys")).toBe(2);
  expect(await count("secret_failures")).toBe(2);
  expect(await count("invitations")).toBe(1);
  expect(await collection.read()).toEqual(collection.expected());
});
