import type { Pool } from "pg";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { silentLog } from "../../test/support/silent-log.ts";
import { loadConfig } from "../config/config.ts";
import { classifyDatabaseError, createMaintenancePool, createPool, withTransaction } from "./pool.ts";
import { PoolExhaustedError } from "./pool-exhausted-error.ts";

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase("empty");
  await database.pool.query("create table t (n integer primary key)");
});
afterAll(() => database.drop());
afterEach(async () => {
  await pool.end();
  await database.pool.query("delete from t");
});

test("a connection has our settings", async () => {
  pool = open({ DATABASE_STATEMENT_TIMEOUT_MS: "4000" });
  const names = [
    "application_name",
    "timezone",
    "statement_timeout",
    "lock_timeout",
    "idle_in_transaction_session_timeout",
  ];
  const { rows } = await pool.query("select n, current_setting(n) as value from unnest($1::text[]) n", [names]);
  expect(rows.map(({ value }) => value)).toEqual(["owlivion-sync", "UTC", "4s", "2s", "10s"]);
});

test.each(["requests", "maintenance"])(
  "the connections of %s have what the database would set otherwise",
  async (use) => {
    const { rows: names } = await database.pool.query<{ name: string }>("select current_database() as name");
    const set = (what: string) => database.pool.query(`alter database ${names[0]!.name} ${what}`);
    const others = {
      timezone: "Asia/Kathmandu",
      datestyle: "German",
      intervalstyle: "sql_standard",
      bytea_output: "escape",
      extra_float_digits: "0",
      default_transaction_isolation: "repeatable read",
    };
    for (const [name, value] of Object.entries(others)) await set(`set ${name} = '${value}'`);
    const connection = { connectionString: database.url };
    pool = use === "requests" ? open({}) : createMaintenancePool(connection, silentLog);
    const { rows } = await pool.query(
      `select timestamptz '2026-02-03 04:05:06.5+00' as at, (timestamptz '2026-02-03 04:05:06.5+00')::text as text,
       (interval '1 day 2 hours')::text as interval, '\\x00ff'::bytea as bytes, ('\\x00ff'::bytea)::text as hex,
       0.1::float8 + 0.2::float8 as sum, current_setting('transaction_isolation') as isolation`,
    );
    await set("reset all");
    expect(rows).toEqual([
      {
        at: new Date("2026-02-03T04:05:06.500Z"),
        text: "2026-02-03 04:05:06.5+00",
        interval: "1 day 02:00:00",
        bytes: Buffer.from([0, 255]),
        hex: "\\x00ff",
        sum: 0.1 + 0.2,
        isolation: "read committed",
      },
    ]);
  },
);

test("a database that is read-only says so", async () => {
  const { rows } = await database.pool.query<{ name: string }>("select current_database() as name");
  await database.pool.query(`alter database ${rows[0]!.name} set default_transaction_read_only = on`);
  pool = open({});
  const write = withTransaction(pool, (client) => client.query("insert into t values (1)"));
  expect(await failureOf(write)).toBe("readonly");
  expect(await failureOf(pool.query("insert into t values (1)"))).toBe("readonly");
  await database.pool.query(`alter database ${rows[0]!.name} reset all`);
});

test("a wait for a connection ends as PoolExhaustedError, by promise, callback and query", async () => {
  pool = open({ DATABASE_POOL_SIZE: "1", DATABASE_POOL_WAIT_MS: "1000" });
  const held = await pool.connect();
  await expect(pool.connect()).rejects.toBeInstanceOf(PoolExhaustedError);
  await expect(pool.query("select 1")).rejects.toBeInstanceOf(PoolExhaustedError);
  const error = await new Promise((resolve) => pool.connect((failure) => resolve(failure)));
  expect(error).toBeInstanceOf(PoolExhaustedError);
  held.release();
  await expect(pool.query("select 1")).resolves.toMatchObject({ rowCount: 1 });
});

test("a statement that takes too long is ended as a timeout", async () => {
  pool = open({ DATABASE_STATEMENT_TIMEOUT_MS: "50" });
  expect(await failureOf(pool.query("select pg_sleep(30)"))).toBe("timeout");
});

test("no server at the address is 'unavailable'", async () => {
  pool = createPool(loadConfig({}), { host: "/nonexistent" }, silentLog);
  expect(await failureOf(pool.query("select 1"))).toBe("unavailable");
});

test("idle connections that are ended are replaced", async () => {
  pool = open({});
  const clients = await Promise.all([pool.connect(), pool.connect()]);
  for (const client of clients) client.release();
  const lost = new Promise((resolve) => pool.on("remove", () => pool.totalCount === 0 && resolve(null)));
  await endConnections();
  await lost;
  await expect(pool.query("select 1")).resolves.toMatchObject({ rowCount: 1 });
});

test("a transaction commits what its work did, and returns its result", async () => {
  pool = open({});
  const result = await withTransaction(pool, async (client) => {
    await client.query("insert into t values (1)");
    return "done";
  });
  expect([result, await count()]).toEqual(["done", 1]);
});

test("a transaction whose work throws leaves nothing, throws that error, and keeps its connection", async () => {
  pool = open({ DATABASE_POOL_SIZE: "1" });
  const own = new Error("own");
  const failing = withTransaction(pool, async (client) => {
    await client.query("insert into t values (1)");
    throw own;
  });
  await expect(failing).rejects.toBe(own);
  expect([await count(), pool.totalCount]).toEqual([0, 1]);
});

test("work that swallows a failed statement does not look committed", async () => {
  pool = open({});
  const swallowing = withTransaction(pool, async (client) => {
    await client.query("insert into t values (1)");
    await client.query("insert into t values (1)").catch(() => {});
  });
  await expect(swallowing).rejects.toThrow(/rolled back/);
  expect(await count()).toBe(0);
});

test("a backend ended between two statements: rolled back, told as unavailable, and the pool heals", async () => {
  pool = open({ DATABASE_POOL_SIZE: "1" });
  const failing = withTransaction(pool, async (client) => {
    await client.query("insert into t values (1)");
    const gone = new Promise((resolve) => client.once("end", resolve));
    await endConnections();
    await gone;
    await client.query("insert into t values (2)");
  });
  const error: unknown = await failing.catch((failure: unknown) => failure);
  expect(error).toMatchObject({ code: "57P01" });
  expect([await count(), pool.totalCount]).toEqual([0, 0]);
  await expect(pool.query("select 1")).resolves.toMatchObject({ rowCount: 1 });
});

test("a backend ended in a statement: the same", async () => {
  pool = open({ DATABASE_POOL_SIZE: "1" });
  const failing = withTransaction(pool, async (client) => {
    await client.query("insert into t values (1)");
    await Promise.all([client.query("select pg_sleep(30)"), endConnections()]);
  });
  expect(await failureOf(failing)).toBe("unavailable");
  expect([await count(), pool.totalCount]).toEqual([0, 0]);
});

test("a commit that is not answered is given up: unavailable, and nobody waits for a rollback behind it", async () => {
  // As with a synchronous standby that is away: PostgreSQL's own limits do not count in a commit.
  await database.pool.query(`
    create table slow (n integer);
    create function be_slow() returns trigger language plpgsql as $$ begin perform pg_sleep(30); return null; end $$;
    create constraint trigger slow after insert on slow deferrable initially deferred
      for each row execute function be_slow()`);
  pool = open({ DATABASE_POOL_SIZE: "1", DATABASE_STATEMENT_TIMEOUT_MS: "50" });
  const failing = withTransaction(pool, (client) => client.query("insert into slow values (1)"));
  expect(await failureOf(failing)).toBe("unavailable");
  const { rows } = await database.pool.query(
    "select pid from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()",
  );
  expect([rows.length, pool.totalCount]).toEqual([1, 0]);
  await expect(pool.query("select 1")).resolves.toMatchObject({ rowCount: 1 });
  await database.pool.query("select pg_terminate_backend($1, 10000)", [rows[0].pid]);
  await database.pool.query("drop table slow");
});

test("a deadlock is run again only when asked for", async () => {
  pool = open({});
  let runs = 0;
  const deadlocking = async () => {
    runs++;
    if (runs < 3) throw Object.assign(new Error("deadlock detected"), { code: "40P01" });
    return runs;
  };
  expect(await withTransaction(pool, deadlocking, { retries: 3 })).toBe(3);
  runs = 0;
  expect(await failureOf(withTransaction(pool, deadlocking))).toBe("retryable");
  runs = 0;
  expect(await failureOf(withTransaction(pool, deadlocking, { retries: 1 }))).toBe("retryable");
});

function open(env: Record<string, string>): Pool {
  return createPool(loadConfig(env), { connectionString: database.url }, silentLog);
}

/** Ends the connections of the pool under test, and waits until they are gone from the server. */
async function endConnections(): Promise<void> {
  await database.pool.query(
    `select pg_terminate_backend(pid, 10000) from pg_stat_activity
     where application_name = 'owlivion-sync' and datname = current_database()`,
  );
}

async function count(): Promise<number> {
  const { rows } = await database.pool.query("select count(*)::integer as n from t");
  return rows[0].n;
}

async function failureOf(promise: Promise<unknown>): Promise<string> {
  return await promise.then(
    () => "no failure",
    (error: unknown) => classifyDatabaseError(error),
  );
}
