import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeEach, expect, test } from "vitest";
import type { Store } from "../store.ts";
import { migrations } from "./migrations.ts";
import { openDatabase } from "./open-database.ts";
import { SqliteConnection } from "./sqlite-connection.ts";
import { openSqliteStore, sqliteStore } from "./sqlite-store.ts";

const root = await mkdtemp(join(tmpdir(), "owlivion-files-"));
afterAll(() => rm(root, { recursive: true }));

let count = 0;
let directory = "";
beforeEach(() => {
  directory = join(root, String(count++));
});

const database = (): string => join(directory, "store.db");
const put = (store: Store, value: unknown): Promise<void> =>
  store.write(["meta"], (tx) => tx.put("meta", { key: "a", value }));
const get = (store: Store): Promise<unknown> => store.read(["meta"], async (tx) => (await tx.get("meta", "a"))?.value);
const code = (code: string): unknown => expect.objectContaining({ code });

test("directory and files are the user's alone", async () => {
  const store = await sqliteStore(join(directory, "deep"))();
  await put(store, 1);
  await store.exclusively("syncer", async () => {});
  const mode = async (name: string): Promise<number> => (await stat(join(directory, "deep", name))).mode & 0o777;
  expect(await mode(".")).toBe(0o700);
  const names = await readdir(join(directory, "deep"));
  expect(names.sort()).toEqual(
    ["device.key", "setup.lock", "store.db", "store.db-shm", "store.db-wal", "syncer.lock"].sort(),
  );
  for (const name of names) expect([name, await mode(name)]).toEqual([name, 0o600]);
  await store.close();
});

test("files that others could read are not left so", async () => {
  await (await sqliteStore(directory)()).close();
  for (const name of ["store.db", "device.key"]) await chmod(join(directory, name), 0o644);
  await (await sqliteStore(directory)()).close();
  for (const name of ["store.db", "device.key"]) expect((await stat(join(directory, name))).mode & 0o777).toBe(0o600);
});

test("what is acknowledged has reached the disk: WAL, synchronous FULL", async () => {
  const db = await openDatabaseIn(directory);
  expect(db.prepare("PRAGMA journal_mode").get()).toEqual({ journal_mode: "wal" });
  expect(db.prepare("PRAGMA synchronous").get()).toEqual({ synchronous: 2 });
  db.close();
});

test("a store of the first schema is migrated and keeps its rows", async () => {
  const old = await openSqliteStore(directory, migrations.slice(0, 1));
  await put(old, { sealed: new Uint8Array([1, 2]) });
  await old.close();
  const store = await sqliteStore(directory)();
  expect(await get(store)).toEqual({ sealed: new Uint8Array([1, 2]) });
  store.announce({ type: "wanted" });
  await store.close();
  const db = new DatabaseSync(database());
  expect(db.prepare("PRAGMA user_version").get()).toEqual({ user_version: migrations.length });
  expect(db.prepare("SELECT rings FROM bell").get()).toEqual({ rings: 1 });
  db.close();
});

test("a migration that fails changes nothing", async () => {
  const old = await openSqliteStore(directory, migrations.slice(0, 1));
  await put(old, 1);
  await old.close();
  const failing = (db: DatabaseSync): void => {
    db.exec("DELETE FROM meta");
    throw new Error("half-way");
  };
  await expect(openSqliteStore(directory, [...migrations, failing])).rejects.toThrow("half-way");
  const again = await sqliteStore(directory)();
  expect(await get(again)).toBe(1);
  await again.close();
});

test("a store of a newer schema is STORE_NEWER and is left alone; so is one that was open meanwhile", async () => {
  const before = await sqliteStore(directory)();
  await put(before, 1);
  const newer = await openSqliteStore(directory, [...migrations, (db) => db.exec("CREATE TABLE news (id INTEGER)")]);
  await expect(get(before)).rejects.toThrow(code("STORE_NEWER"));
  await expect(put(before, 2)).rejects.toThrow(code("STORE_NEWER"));
  await expect(sqliteStore(directory)()).rejects.toThrow(code("STORE_NEWER"));
  expect(await get(newer)).toBe(1);
  await before.close();
  await newer.close();
});

test("a file that is no database is STORE_UNREADABLE, and stays", async () => {
  await mkdir(directory, { recursive: true });
  await writeFile(database(), "a shopping list, longer than one hundred bytes; ".repeat(20));
  const before = await readFile(database());
  await expect(sqliteStore(directory)()).rejects.toThrow(code("STORE_UNREADABLE"));
  expect(await readFile(database())).toEqual(before);
});

test("a database of another program is STORE_UNREADABLE, and stays", async () => {
  await mkdir(directory, { recursive: true });
  const db = new DatabaseSync(database());
  db.exec("CREATE TABLE cars (id INTEGER)");
  db.close();
  const before = await readFile(database());
  await expect(sqliteStore(directory)()).rejects.toThrow(code("STORE_UNREADABLE"));
  expect(await readFile(database())).toEqual(before);
});

test("pages that were overwritten are STORE_UNREADABLE, and the file stays", async () => {
  const store = await sqliteStore(directory)();
  await store.write(["meta"], async (tx) => {
    for (let row = 0; row < 500; row++) await tx.put("meta", { key: String(row), value: "x".repeat(500) });
  });
  await store.close();
  const bytes = await readFile(database());
  bytes.fill(0xa5, 8192, bytes.length - 4096);
  await writeFile(database(), bytes);
  const again = await sqliteStore(directory)();
  await expect(again.read(["meta"], (tx) => tx.scan("meta", { prefix: "" }))).rejects.toThrow(code("STORE_UNREADABLE"));
  await again.close();
  expect((await stat(database())).size).toBe(bytes.length);
});

test("no room left is STORE_FULL: nothing of the transaction is there, and what fits goes on", async () => {
  const db = await openDatabaseIn(directory);
  const connection = new SqliteConnection(db, database());
  const write = (value: string): Promise<void> =>
    connection.write(["meta"], (tx) => tx.put("meta", { key: "small", value }, { key: value.slice(0, 9), value }));
  await write("small");
  const { page_count: pages } = db.prepare("PRAGMA page_count").get() as { page_count: number };
  db.exec(`PRAGMA max_page_count = ${pages + 8}`);
  await expect(write("large".repeat(20_000))).rejects.toThrow(code("STORE_FULL"));
  expect(await connection.read(["meta"], (tx) => tx.scan("meta", { prefix: "" }))).toEqual([
    { key: "small", value: "small" },
  ]);
  await write("fits");
  await connection.close();
});

test("a directory that cannot be made is STORE_UNREADABLE", async () => {
  await writeFile(directory, "a file");
  await expect(sqliteStore(join(directory, "store"))()).rejects.toThrow(code("STORE_UNREADABLE"));
});

test("a store whose files somebody removes answers STORE_UNREADABLE instead of writing into nothing", async () => {
  const store = await sqliteStore(directory)();
  await put(store, 1);
  await rm(directory, { recursive: true });
  await expect(put(store, 2)).rejects.toThrow(code("STORE_UNREADABLE"));
  await store.close();
});

test("a removal that was interrupted is ended by the next one who opens", async () => {
  const store = await sqliteStore(directory)();
  await put(store, 1);
  const sealed = await store.protector.protect(new Uint8Array([1]));
  await store.close();
  const db = new DatabaseSync(database());
  db.exec("PRAGMA user_version = -1");
  db.close();
  const fresh = await sqliteStore(directory)();
  expect(await get(fresh)).toBeUndefined();
  await expect(fresh.protector.unprotect(sealed)).rejects.toThrow(code("KEY_UNAVAILABLE"));
  await fresh.close();
});

test("after destroy nothing is left but empty locks", async () => {
  const store = await sqliteStore(directory)();
  await put(store, 1);
  await store.destroy();
  for (const name of await readdir(directory)) {
    expect(name).toMatch(/\.lock$/);
    expect((await stat(join(directory, name))).size).toBe(0);
  }
});

test("without its key file a store opens, and says KEY_UNAVAILABLE of what the key had sealed", async () => {
  const store = await sqliteStore(directory)();
  await put(store, 1);
  const sealed = await store.protector.protect(new Uint8Array([1]));
  await store.close();
  await rm(join(directory, "device.key"));
  const again = await sqliteStore(directory)();
  expect(await get(again)).toBe(1);
  await expect(again.protector.unprotect(sealed)).rejects.toThrow(code("KEY_UNAVAILABLE"));
  expect(await again.protector.unprotect(await again.protector.protect(new Uint8Array([2])))).toEqual(
    new Uint8Array([2]),
  );
  await again.close();
});

async function openDatabaseIn(path: string): Promise<DatabaseSync> {
  await mkdir(path, { recursive: true });
  return openDatabase(database());
}
