import { parseInstant } from "@owlivion/sync-protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCleanup } from "../src/retention/run-cleanup.ts";
import { Api } from "./support/api.ts";
import { createTestDatabase } from "./support/database.ts";
import { startTestServer } from "./support/server.ts";
import { syncClient, textOf, versionsOf } from "./support/sync-client.ts";

// S20: whatever the time zones of Node and PostgreSQL, the same calls have the same results.

const zones = [
  ["UTC", "UTC"],
  ["America/New_York", "Asia/Kathmandu"],
  ["Asia/Kathmandu", "America/New_York"],
  ["Pacific/Apia", "Europe/Berlin"],
] as const;
const own = process.env["TZ"];
let atHome: unknown;

beforeAll(async () => {
  atHome = await scenario("UTC", "UTC");
});
afterAll(() => setZone(own));

/** Node reads TZ anew when it is set. */
function setZone(zone: string | undefined): void {
  if (zone === undefined) delete process.env["TZ"];
  else process.env["TZ"] = zone;
}

async function scenario(nodeZone: string, postgresZone: string): Promise<unknown> {
  setZone(nodeZone);
  const database = await createTestDatabase();
  const { rows } = await database.pool.query<{ name: string }>("select current_database() as name");
  await database.pool.query(`alter database ${rows[0]!.name} set timezone = '${postgresZone}'`);
  // Connections from before still have the old one.
  await database.pool.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
  );
  const server = await startTestServer({ database });
  try {
    const client = syncClient(await Api.of(server.app), await server.register());
    const before = Date.now() * 1000;
    // The hour that New York has twice: the later of the two is an hour newer, though a clock on the wall says the same.
    const first = await client.push([{ id: "a", text: "before", at: "2025-11-02T01:30:00.123456-04:00" }]);
    const second = await client.push([{ id: "a", text: "after", at: "2025-11-02T01:30:00.123456-05:00" }]);
    const third = await client.push([{ id: "a", text: "before again", at: "2025-11-02T01:29:59.999999-05:00" }]);
    // The hour that Berlin does not have, and an instant in a zone of quarters of an hour.
    const fourth = await client.push([
      { id: "b", text: "b", at: "2026-03-29T02:30:00+01:00" },
      { id: "c", text: "c", at: "2026-01-01T00:00:00+05:45" },
      { id: "d", type: "delete" },
    ]);
    const older = await client.push([
      { id: "b", text: "older", at: "2026-03-29T03:29:59+02:00" },
      { id: "c", text: "newer", at: "2025-12-31T18:15:00.000001Z" },
    ]);
    const after = Date.now() * 1000;
    const page = await client.page({ cursor: "initial", tombstones: true });
    const times = [...page.changes.map((row) => row.changed_at), ...page.deleted.map((row) => row.deleted_at)].map(
      (text) => parseInstant(text)!,
    );
    // PostgreSQL's clock is this machine's.
    for (const time of times) expect([time >= before - 1_000_000, time <= after + 1_000_000]).toEqual([true, true]);

    const half = page.changes[0]!.changed_at;
    const shifted = new Date(parseInstant(half)! / 1000 + 1).toISOString();
    const since = await client.since({ since: half });
    const inKathmandu = await client.since({ since: toOffset(shifted, 345) });
    const { config, pool } = server.context;
    await database.pool.query("update epochs set began_at = now() - interval '1 year'");
    const cleaned = await runCleanup(pool, {
      settings: config,
      acceptClock: true,
      now: Date.now() + 29.9 * 86_400_000,
    });
    const kept = await database.pool.query(
      `select expires_at - deleted_at = interval '2160 hours' as for_90_days, extract(epoch from deleted_at) * 1000000 between $1 and $2 as is_now
        from deleted_records`,
      [before - 1_000_000, after + 1_000_000],
    );
    const recent = await database.pool.query("select version::int from v_recent_changes order by version");
    return {
      conflicts: [first, second, third, fourth, older].map(({ data }) =>
        (data.conflicts ?? []).map(({ index, reason, server_timestamp }) => ({ index, reason, server_timestamp })),
      ),
      skew: [first, second, third, fourth, older].map(({ data }) => data.clock_skew_ms),
      texts: page.changes.map(textOf),
      since: versionsOf([...since.changes, ...since.deleted]),
      inKathmandu: versionsOf([...inKathmandu.changes, ...inKathmandu.deleted]),
      asOf: (await client.page({ as_of: half })).changes.map(textOf),
      cleaned: cleaned.rows,
      kept: kept.rows,
      recent: recent.rows,
    };
  } finally {
    await server.close();
    await database.drop();
  }
}

/** The same instant, written with an offset in minutes. */
function toOffset(text: string, minutes: number): string {
  const shifted = new Date(Date.parse(text) + minutes * 60_000).toISOString().slice(0, -1);
  return `${shifted}+${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
}

test("S20 the hour that comes twice is two hours", () => {
  expect(atHome).toMatchObject({
    conflicts: [
      [],
      [],
      [{ index: 0, reason: "OLDER", server_timestamp: "2025-11-02T06:30:00.123456Z" }],
      [],
      [{ index: 0, reason: "OLDER", server_timestamp: "2026-03-29T01:30:00.000000Z" }],
    ],
    skew: [undefined, undefined, undefined, undefined, undefined],
    texts: ["after", "b", "newer"],
    kept: [{ for_90_days: true, is_now: true }],
  });
});

test.each(zones)("S20 Node in %s, PostgreSQL in %s", async (nodeZone, postgresZone) => {
  const away = await scenario(nodeZone, postgresZone);
  if (nodeZone !== "UTC") expect(new Date().getTimezoneOffset()).not.toBe(0); // the zone is really in force
  expect(away).toEqual(atHome);
});
