import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { silentLog } from "../../test/support/silent-log.ts";
import { Announcer } from "./announcer.ts";
import type { EventStreams, StreamSession } from "./event-streams.ts";
import { beat } from "./heartbeat.ts";
import type { ChangeMessage, EndedSessions } from "./messages.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const open: Announcer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((announcer) => announcer.close()));
});

/** One server process: an announcer and what its streams were told. */
function startProcess() {
  const told: ChangeMessage[] = [];
  const ended: [string, EndedSessions][] = [];
  const streams = {
    publish: (message: ChangeMessage) => void told.push(message),
    endSessions: (userId: string, sessions: EndedSessions) => void ended.push([userId, sessions]),
  } as unknown as EventStreams;
  const announcer = new Announcer({ connectionString: database.url }, streams, silentLog, { maxPending: 100 });
  open.push(announcer);
  announcer.start();
  return { announcer, told, ended };
}

const listeners =
  "select count(*)::integer as n from pg_stat_activity where application_name = 'owlivion-sync events' and datname = current_database() and query ~* 'listen|pg_notify'";
const untilListening = (n: number) =>
  vi.waitFor(async () => expect((await database.pool.query(listeners)).rows[0].n).toBe(n), { timeout: 10_000 });

const event = (version: number) => ({ data_type: "contacts", version, device_id: "d" });

test("events: two processes on one database tell each other; many changes of a collection become its newest", async () => {
  const [a, b] = [startProcess(), startProcess()];
  await untilListening(2);
  for (const version of [1, 3, 2]) a.announcer.announce("ada", "contacts", version, "d");
  b.announcer.announce("eve", "contacts", 9, "d");
  const expected = [
    { userId: "ada", event: event(3) },
    { userId: "eve", event: event(9) },
  ];
  for (const { told } of [a, b]) {
    await vi.waitFor(() => expect(told).toHaveLength(2), { timeout: 10_000 });
    expect(told.toSorted((x, y) => x.userId.localeCompare(y.userId))).toEqual(expected);
  }
});

test("events: an ended session reaches the other processes at once", async () => {
  const [a, b] = [startProcess(), startProcess()];
  await untilListening(2);
  a.announcer.sessionEnded("ada", { deviceId: "phone" });
  expect(a.ended).toEqual([["ada", { deviceId: "phone" }]]);
  await vi.waitFor(() => expect(b.ended).toEqual([["ada", { deviceId: "phone" }]]), { timeout: 10_000 });
});

test("events: what was announced without a connection, or by a hand, hurts nobody (S32, S33)", async () => {
  const [a, b] = [startProcess(), startProcess()];
  await untilListening(2);
  await database.pool.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'owlivion-sync events' and datname = current_database()",
  );
  // Announced while nobody listens: told to the own streams at once, to the others perhaps never.
  a.announcer.announce("ada", "contacts", 1, "d");
  await vi.waitFor(() => expect(a.told).toEqual([{ userId: "ada", event: event(1) }]));
  await untilListening(2);
  await database.pool.query("select pg_notify('owlivion_changes', p) from unnest(array['', 'null', '{', '7', '{}']) p");
  await database.pool.query("select pg_notify('owlivion_sessions', '{\"userId\":\"ada\"}')");
  a.announcer.announce("ada", "contacts", 2, "d");
  await vi.waitFor(() => expect(b.told).toContainEqual({ userId: "ada", event: event(2) }), { timeout: 10_000 });
  expect(b.ended).toEqual([]);
});

test("events: the heartbeat finds sessions that ended although the NOTIFY was lost, by one query", async () => {
  const userId = randomUUID();
  const [laptop, phone] = [randomUUID(), randomUUID()];
  await database.pool.query(
    "insert into users (user_id, email, kind, secret_hash) values ($1, 'events@example.com', 'plain', '')",
    [userId],
  );
  const sessions: StreamSession[] = [];
  for (const deviceId of [laptop, phone]) {
    const sessionId = randomUUID();
    await database.pool.query("insert into devices (user_id, device_id) values ($1, $2)", [userId, deviceId]);
    await database.pool.query(
      "insert into refresh_tokens (user_id, family_id, token_hash, device_id, expires_at) values ($1, $2, sha256(uuid_send($2::uuid)), $3, now() + interval '1 day')",
      [userId, sessionId, deviceId],
    );
    sessions.push({ userId, deviceId, sessionId, expiresAt: 0 });
  }
  const ended: EndedSessions[] = [];
  let beats = 0;
  const streams = {
    beat: () => void (beats += 1),
    sessions: () => sessions,
    endSessions: (_userId: string, which: EndedSessions) => void ended.push(which),
  } as unknown as EventStreams;
  const announcer = { check() {} } as unknown as Announcer;
  const query = vi.spyOn(database.pool, "query");
  await beat(database.pool, streams, announcer, silentLog);
  expect(ended).toEqual([]);
  expect(query).toHaveBeenCalledTimes(1);
  query.mockRestore();
  await database.pool.query("update devices set revoked_at = now() where device_id = $1", [phone]);
  await beat(database.pool, streams, announcer, silentLog);
  expect(ended).toEqual([{ deviceId: phone, sessionId: sessions[1]!.sessionId }]);
  expect(beats).toBe(2);
  const down = { query: () => Promise.reject(new Error("connection refused")) } as unknown as typeof database.pool;
  await beat(down, streams, announcer, silentLog);
  expect(ended).toHaveLength(1);
});
