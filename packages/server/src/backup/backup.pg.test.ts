import { PassThrough, Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { gunzipSync, gzipSync } from "node:zlib";
import type { Pool } from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { readMigrations } from "../db/migration-files.ts";
import { migrate } from "../db/migrate.ts";
import { BackupReader } from "./backup-reader.ts";
import { inspectTarget } from "./inspect-target.ts";
import { restoreBackup } from "./restore-backup.ts";
import { writeBackup } from "./write-backup.ts";

let source: TestDatabase;
let target: TestDatabase;
beforeEach(async () => {
  source = await createTestDatabase();
  target = await createTestDatabase("empty");
  await source.pool.query(fill);
});
afterEach(async () => {
  await source.drop();
  await target.drop();
});

test("what is restored equals what was backed up, in every table", async () => {
  await restore(await backUp());
  const names = await tableNames(source.pool);
  expect(await tableNames(target.pool)).toEqual(names);
  for (const name of names.filter((table) => !changedByRestoring.includes(table))) {
    expect([name, await contentOf(target.pool, name)]).toEqual([name, await contentOf(source.pool, name)]);
  }
});

test("a new epoch begins where the backup ended", async () => {
  await restore(await backUp());
  const { rows } = await target.pool.query(
    `select e.reason, e.is_exact, e.epoch_no > s.epoch_no as is_unwritten, s.head from epochs e cross join sync_data s
      order by e.epoch_no desc limit 1`,
  );
  expect(rows).toEqual([{ reason: "restored", is_exact: true, is_unwritten: true, head: "7" }]);
  expect(await contentOf(target.pool, "epochs")).toHaveLength((await contentOf(source.pool, "epochs")).length + 1);
});

test("numbers that PostgreSQL gives go on after those restored", async () => {
  await restore(await backUp());
  const { rows } = await target.pool.query("insert into data_types (name) values ('notes') returning data_type");
  expect(rows).toEqual([{ data_type: 4 }]);
});

test("it replaces what a database has", async () => {
  const copy = await backUp();
  await source.pool.query("delete from users");
  await restore(copy, source.pool);
  expect(await contentOf(source.pool, "users")).toHaveLength(2);
});

test("it is one moment, while others write", async () => {
  let isWriting = true;
  const writing = (async () => {
    while (isWriting) {
      await source.pool.query("insert into sync_history (user_id, action) select user_id, 'blob_upload' from users");
      await source.pool.query("update sync_data set head = head + 1");
    }
  })();
  const copies = [await backUp(), await backUp(), await backUp()];
  isWriting = false;
  await writing;
  for (const copy of copies) await restore(copy);
});

test.each([
  ["cut off in the middle", (copy: Buffer) => copy.subarray(0, copy.length / 2)],
  ["cut off at the end", (copy: Buffer) => copy.subarray(0, -1)],
  ["without its last line", (copy: Buffer) => changeText(copy, (text) => text.slice(0, text.lastIndexOf('{"sha256"')))],
  [
    "with a changed value",
    (copy: Buffer) => changeText(copy, (text) => text.replace("ada@example.com", "eve@example.com")),
  ],
  [
    "with a row missing",
    (copy: Buffer) => changeText(copy, (text) => text.replace(/\n[^\n]*ada@example.com[^\n]*\n/, "\n")),
  ],
  ["that is not gzip", () => Buffer.from("not a backup\n")],
  ["that is something else", () => gzipSync('{"format":"other"}\n')],
  [
    "of a format to come",
    (copy: Buffer) => changeText(copy, (text) => text.replace('"formatVersion":1', '"formatVersion":2')),
  ],
  [
    "of a schema to come",
    (copy: Buffer) => changeText(copy, (text) => text.replace('"migrations":[', `$&${laterMigration},`)),
  ],
])("a file %s is refused, and the database stays as it was", async (_case, damage) => {
  const copy = await backUp();
  await expect(restore(damage(copy), source.pool)).rejects.toThrow(/backup/i);
  expect(await contentOf(source.pool, "users")).toHaveLength(2);
  expect(await contentOf(source.pool, "epochs")).toHaveLength(1);
});

test("a backup of an earlier schema is restored as it was, then migrated", async () => {
  const migrations = readMigrations();
  const copy = await backUp();
  const sql = "alter table users add column nickname text not null default 'none'";
  const next = { version: migrations.length + 1, name: "999_next.sql", sql, checksum: "next" };
  await restore(copy, target.pool, [...migrations, next]);
  expect((await target.pool.query("select distinct nickname from users")).rows).toEqual([{ nickname: "none" }]);
  expect(await migrate(target.pool, { migrations: [...migrations, next] })).toEqual([]);
});

test("a target is told by what it holds", async () => {
  expect(await inspectTarget(target.pool)).toBe("blank");
  expect(await inspectTarget(source.pool)).toBe("with accounts");
  await source.pool.query("delete from users");
  expect(await inspectTarget(source.pool)).toBe("without accounts");
  await target.pool.query("create table something_else ()");
  expect(await inspectTarget(target.pool)).toBe("foreign");
});

const changedByRestoring = ["epochs", "epoch_starts", "schema_migrations"];
const laterMigration = '{"version":999,"name":"999_later.sql","checksum":"x"}';

/** Values that a text format could get wrong. */
const fill = `
  insert into users (user_id, email, kind, secret_hash) values
    ('00000000-0000-4000-8000-000000000001', 'ada@example.com', 'plain', E'tab\\t newline\\n backslash \\\\ \\\\. end \\\\N'),
    ('00000000-0000-4000-8000-000000000002', 'bob@example.com', 'plain', E'\\n\\\\.\\n');
  insert into devices (user_id, device_id, device_name) select user_id, gen_random_uuid(), 'Ünïcode 🦉' from users;
  insert into devices (user_id, device_id, device_name) select user_id, gen_random_uuid(), '' from users;
  insert into devices (user_id, device_id, device_name) select user_id, gen_random_uuid(), null from users;
  insert into data_types (name) values ('accounts'), ('contacts'), ('preferences');
  insert into sync_data (user_id, data_type, epoch_no, head, last_changed_at)
    select user_id, 1, 1, 7, '2026-03-29 01:59:59.999999+00' from users limit 1;
  insert into sync_blobs (user_id, data_type, version, epoch_no, encrypted_blob, checksum, is_text, device_id, updated_at)
    select user_id, 2, 9007199254740993, 1, decode(repeat('5c2e0a00ff', 300000), 'hex'), '\\x', false, user_id, 'infinity' from users;
  update cleanup_state set report = '{"text": "\\\\\\\\ \\"quoted\\"\\n"}', last_run_at = clock_timestamp();
`;

async function backUp(): Promise<Buffer> {
  const output = new PassThrough();
  const [copy] = await Promise.all([buffer(output), writeBackup(source.pool, output)]);
  return copy;
}

async function restore(copy: Buffer, pool = target.pool, migrations = readMigrations()): Promise<void> {
  const reader = new BackupReader(Readable.from([copy]));
  await restoreBackup(pool, await reader.readHeader(), reader, migrations);
}

function changeText(copy: Buffer, change: (text: string) => string): Buffer {
  return gzipSync(change(gunzipSync(copy).toString()));
}

async function tableNames(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query(
    "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1",
  );
  return rows.map(({ relname }) => relname);
}

async function contentOf(pool: Pool, table: string): Promise<string[]> {
  const { rows } = await pool.query(`select t::text as row from ${table} t order by 1`);
  return rows.map(({ row }) => row);
}
