import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import type { Migration } from "./migration-files.ts";
import { applyMigration, createLedger, findPendingMigrations, migrate, migrationLock } from "./migrate.ts";

let database: TestDatabase;
beforeEach(async () => (database = await createTestDatabase("empty")));
afterEach(() => database.drop());

test("each file runs once, in order", async () => {
  const migrations = [migration(1, "create table a (n integer)"), migration(2, "alter table a add m integer")];
  expect(await findPendingMigrations(database.pool, migrations)).toEqual(migrations);
  expect(await migrate(database.pool, { migrations })).toEqual(migrations);
  expect(await migrate(database.pool, { migrations })).toEqual([]);
  expect(await findPendingMigrations(database.pool, migrations)).toEqual([]);
});

test("a file that fails leaves nothing of itself, and says where it failed", async () => {
  const migrations = [
    migration(1, "create table a (n integer)"),
    migration(2, "create table b (n integer);\ninsert into nowhere values (1);"),
  ];
  await expect(migrate(database.pool, { migrations })).rejects.toThrow(/002_test.sql.*line 2, column 13: insert into/s);
  const { rows } = await database.pool.query("select to_regclass('a') as a, to_regclass('b') as b");
  expect(rows).toEqual([{ a: "a", b: null }]);
  expect(await findPendingMigrations(database.pool, migrations)).toEqual([migrations[1]]);
});

test("two processes that start at once both succeed, and each file runs once", async () => {
  const migrations = [1, 2, 3].map((n) => migration(n, `select pg_sleep(0.05); create table t${n} (n integer)`));
  const ran = await Promise.all([migrate(database.pool, { migrations }), migrate(database.pool, { migrations })]);
  expect(
    ran
      .flat()
      .map(({ version }) => version)
      .toSorted(),
  ).toEqual([1, 2, 3]);
});

test("who waited for the lock sees what its holder did, whatever its connection believed before", async () => {
  const migrations = [migration(1, "create table a (n integer)")];
  const waiting = new pg.Pool({ connectionString: database.url, max: 1 });
  expect(await findPendingMigrations(waiting, migrations)).toHaveLength(1); // It remembers that there is no table.

  const holder = await database.pool.connect();
  await holder.query("begin");
  await holder.query("select pg_advisory_xact_lock($1)", [migrationLock]);
  const waited = migrate(waiting, { migrations });
  const waiters =
    "select from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())";
  while ((await database.pool.query(waiters)).rowCount === 0) await sleep(5);
  await holder.query(createLedger);
  await applyMigration(holder, migrations[0]!);
  await holder.query("commit");
  holder.release();

  expect(await waited).toEqual([]);
  await waiting.end();
});

test("a database newer than the code is refused, and not touched", async () => {
  const migrations = [migration(1, "create table a (n integer)"), migration(2, "create table b (n integer)")];
  await migrate(database.pool, { migrations });
  await expect(migrate(database.pool, { migrations: migrations.slice(0, 1) })).rejects.toThrow(
    /newer than this release/,
  );
});

test("a statement timeout of the connection does not apply to a migration", async () => {
  await database.pool.query("set statement_timeout = 50"); // On the pool's only connection so far.
  const slow = [migration(1, "select pg_sleep(0.2)")];
  expect(await migrate(database.pool, { migrations: slow })).toEqual(slow);
});

function migration(version: number, sql: string): Migration {
  return { version, name: `00${version}_test.sql`, sql, checksum: `checksum of ${sql}` };
}
