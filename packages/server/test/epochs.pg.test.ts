import { hash, randomBytes } from "node:crypto";
import { chmodSync, cpSync, mkdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { BackupReader } from "../src/backup/backup-reader.ts";
import { restoreBackup } from "../src/backup/restore-backup.ts";
import { writeBackup } from "../src/backup/write-backup.ts";
import { startEmbeddedPostgres } from "../src/db/embedded/start-embedded-postgres.ts";
import { migrate } from "../src/db/migrate.ts";
import { Api, type Answer } from "./support/api.ts";
import { createTestDatabase, type TestDatabase } from "./support/database.ts";
import { socketUrl } from "./support/database-url.ts";
import { sealedFields, startTestServer, type TestAccount, type TestServer } from "./support/server.ts";
import { silentLog } from "./support/silent-log.ts";
import { idsOf, syncClient, type SyncClient } from "./support/sync-client.ts";

// The server's history is cut: it lost what it had acknowledged, and everything that stands on the lost tail is told.

let closers: (() => Promise<unknown>)[];
beforeEach(() => {
  closers = [];
});
afterEach(async () => {
  for (const close of closers.reverse()) await close();
});

/** A server on the database, and the account's contacts on it. */
async function open(database: TestDatabase, account?: TestAccount) {
  const server = await startTestServer({ database });
  closers.push(() => server.close());
  const known = account ?? (await server.register());
  const token = { authorization: `Bearer ${known.session.tokens.access_token}` };
  const inject: TestAccount["inject"] = (options) =>
    server.app.inject({ ...options, headers: { ...token, ...options.headers } });
  const here = { ...known, inject };
  const api = await Api.of(server.app);
  return { server, account: here, client: syncClient(api, here), signatures: syncClient(api, here, "signatures") };
}

const put = (client: SyncClient, id: string) => client.accepted([{ id, text: `text of ${id}` }]);
const cursorOf = async (client: SyncClient) => (await client.walk({ cursor: "initial" })).cursor;
const epochsOf = async (server: TestServer) =>
  (
    await server.database.pool.query<{ epoch: string; reason: string; is_exact: boolean }>(
      "select epoch, reason, is_exact from epochs order by epoch_no",
    )
  ).rows;
const changed = { status: 410, code: "EPOCH_CHANGED" };

/** Versions 1 to 3 in the snapshot, 4 to 6 on the original only; `written` versions of the copy's own. */
async function cutHistory(
  takeSnapshot: (original: TestDatabase) => Promise<TestDatabase>,
  original: TestDatabase,
  written = 0,
) {
  const before = await open(original);
  const cursors: string[] = [];
  for (const id of ["a", "b", "c"]) {
    await put(before.client, id);
    cursors.push(await cursorOf(before.client));
  }
  const copy = await takeSnapshot(original);
  const { epoch } = await before.client.page({ cursor: "initial" });
  for (const id of ["d", "e", "f"]) {
    await put(before.client, id);
    cursors.push(await cursorOf(before.client));
  }
  const asOf = (await before.client.page({ as_of: "5", limit: 1 })).next_cursor;
  const walking = (await before.client.page({ cursor: "initial", limit: 1 })).next_cursor;
  const after = await open(copy, before.account);
  for (let i = 0; i < written; i += 1) await put(after.client, `other${i}`);
  return { ...after, epoch, asOf, walking, at: (version: number) => cursors[version - 1]! };
}

async function inSameCluster(written = 0) {
  const original = await createTestDatabase();
  closers.push(() => original.drop());
  return cutHistory(
    async () => {
      const copy = await createTestDatabase({ copyOf: original });
      closers.push(() => copy.drop());
      return copy;
    },
    original,
    written,
  );
}

type Restored = Awaited<ReturnType<typeof inSameCluster>>;

/** What every kind of cut must lead to. */
async function expectNoticed({ server, client, epoch, at, asOf, walking }: Restored, head: number) {
  const told = (await client.pull({ cursor: at(6) })) as Answer;
  const [old, fresh] = await epochsOf(server);
  expect(told).toMatchObject({
    ...changed,
    details: {
      epoch: fresh!.epoch,
      epochs: [
        { epoch, version: 0 },
        { epoch: fresh!.epoch, version: null },
      ],
    },
  });
  expect(old!.epoch).toBe(epoch);
  expect(fresh).toMatchObject({ reason: "lineage", is_exact: false });

  for (const version of [4, 5]) expect(await client.pull({ cursor: at(version) })).toMatchObject(changed);
  expect(await client.pull({ cursor: asOf })).toMatchObject(changed);
  expect(await client.pull({ cursor: walking })).toMatchObject(changed);
  expect(await client.push([{ id: "x", text: "x" }], { cursor: at(5) })).toMatchObject(changed);
  expect(await client.push([{ id: "d", text: "x", base: 4 }], { epoch })).toMatchObject(changed);
  expect((await client.page({ cursor: "initial" })).head).toBe(head);
  expect(await epochsOf(server)).toHaveLength(2); // it began once

  // What the two histories share goes on, in the new epoch.
  for (const version of [1, 2, 3]) {
    const page = await client.page({ cursor: at(version) });
    expect([page.epoch, page.changes.length]).toEqual([fresh!.epoch, head - version]);
    const change = { id: `after the cut ${version}`, text: "x", base: 0 };
    const next = await client.push([change], { epoch: page.epoch, cursor: page.next_cursor });
    expect([next.status, next.data?.conflict_count]).toEqual([200, 0]);
    head += 1;
  }
}

describe("a dump restored into the same cluster is noticed", () => {
  test("R19 S28 by a cursor beyond the head", async () => {
    await expectNoticed(await inSameCluster(), 3);
  });

  test("R19 S28 by the lineage tag, when the restored server has written as many versions meanwhile", async () => {
    await expectNoticed(await inSameCluster(5), 8);
  });

  test("R19 S28 by a push that carries a cursor of the lost tail; nothing of it is applied", async () => {
    for (const written of [0, 5]) {
      const { server, client, epoch, at } = await inSameCluster(written);
      const change = { id: "d", text: "on the lost version", base: 4 };
      expect(await client.push([change], { epoch, cursor: at(4) })).toMatchObject(changed);
      expect((await client.page({ cursor: "initial" })).head).toBe(3 + written);
      expect((await epochsOf(server)).map(({ reason }) => reason)).toEqual(["created", "lineage"]);
    }
  });

  test("R19 once, however many devices notice it at the same time", async () => {
    const { server, client, at } = await inSameCluster(5);
    const answers = await Promise.all([
      ...[4, 5, 6, 4, 5, 6].map((version) => client.pull({ cursor: at(version) })),
      ...[4, 5, 6].map((version) => client.push([{ id: "x", text: "x" }], { cursor: at(version) })),
    ]);
    const [, fresh] = await epochsOf(server);
    for (const { status, details } of answers) {
      expect([status, details]).toMatchObject([410, { epoch: fresh!.epoch }]);
    }
    expect(await epochsOf(server)).toHaveLength(2);
  });

  test("R19 a base version of the lost tail never overwrites what is there now, even before anybody noticed", async () => {
    const { client, epoch } = await inSameCluster();
    const { data } = await client.push([{ id: "d", text: "x", base: 4 }], { epoch });
    expect(data.conflicts).toMatchObject([{ reason: "STALE", server_version: null, current: null }]);
  });
});

test("R19 S28 a copied data directory is noticed, although it is the same cluster to PostgreSQL", async () => {
  const root = join(tmpdir(), `owlivion-copied-${randomBytes(6).toString("hex")}`);
  closers.push(async () => rmSync(root, { recursive: true, force: true }));
  /** An embedded PostgreSQL in a folder, as a database of the tests. */
  const start = async (folder: string): Promise<TestDatabase & { stop(): Promise<void> }> => {
    const dataDir = join(root, folder);
    const { connection, stop } = await startEmbeddedPostgres({ dataDir, log: silentLog, settings: { fsync: "off" } });
    const url = socketUrl(connection, connection.database);
    const pool = new pg.Pool({ connectionString: url });
    pool.on("error", () => {});
    await migrate(pool);
    let ending: Promise<void> | undefined;
    const end = () => (ending ??= pool.end().then(stop));
    closers.push(end);
    return { url, pool, stop: end, drop: end };
  };

  mkdirSync(root);
  const original = await start("original");
  const restored = await cutHistory(
    async () => {
      await original.stop();
      cpSync(join(root, "original"), join(root, "copy"), { recursive: true });
      chmodSync(join(root, "copy", "postgres"), 0o700); // which cpSync does not copy
      await start("original"); // at the same address: its server goes on
      return start("copy");
    },
    original,
    5,
  );
  await expectNoticed(restored, 8);
});

describe("the database lives in another cluster than its epoch began in", () => {
  test.each(["system_identifier", "timeline"])(
    "R19 S28 a new %s begins an epoch that knows where it began",
    async (column) => {
      const database = await createTestDatabase();
      closers.push(() => database.drop());
      const { server, client, signatures } = await open(database);
      await put(client, "a");
      const early = await cursorOf(client);
      await put(client, "b");
      const { epoch, next_cursor: cursor } = await client.page({ cursor: "initial" });
      await database.pool.query(`update epochs set ${column} = ${column} + 1`);

      // Compare and set stood on the old history; a plain write does not care.
      const told = await client.push([{ id: "a", text: "x", base: 1 }], { epoch });
      const [, fresh] = await epochsOf(server);
      expect(fresh).toMatchObject({ reason: "cluster", is_exact: true });
      const details = (version: number) => ({
        epoch: fresh!.epoch,
        epochs: [
          { epoch, version: 0 },
          { epoch: fresh!.epoch, version },
        ],
      });
      expect(told).toMatchObject({ ...changed, details: details(2) });
      const empty = await signatures.push([{ id: "s", text: "x", base: 0 }], { epoch });
      expect(empty).toMatchObject({ ...changed, details: details(0) });

      for (const adopted of [early, cursor]) expect((await client.page({ cursor: adopted })).epoch).toBe(fresh!.epoch);
      expect(idsOf((await client.page({ cursor: early })).changes)).toEqual(["b"]);
      const reply = await client.accepted([{ id: "a", text: "x", base: 1 }], { epoch: fresh!.epoch, cursor });
      expect([reply.version, reply.epoch]).toEqual([3, fresh!.epoch]);
      expect(await epochsOf(server)).toHaveLength(2);
    },
  );

  test("R19 writes that find it out at the same time begin one epoch and are applied in it", async () => {
    const database = await createTestDatabase();
    closers.push(() => database.drop());
    const { server, client } = await open(database);
    await put(client, "a");
    await database.pool.query("update epochs set timeline = timeline + 1");
    const replies = await Promise.all(Array.from({ length: 8 }, (_, i) => put(client, `r${i}`)));
    const epochs = await epochsOf(server);
    expect(epochs).toHaveLength(2);
    expect(new Set(replies.map((reply) => reply.epoch))).toEqual(new Set([epochs[1]!.epoch]));
    expect(replies.map((reply) => reply.version).toSorted((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test("R19 S28 a server that starts on a moved database begins the epoch before it answers", async () => {
    const database = await createTestDatabase();
    closers.push(() => database.drop());
    const { client, account } = await open(database);
    await put(client, "a");
    const cursor = await cursorOf(client);
    await database.pool.query("update epochs set system_identifier = system_identifier + 1");
    const { server, client: again } = await open(database, account);
    expect(await epochsOf(server)).toMatchObject([{}, { reason: "cluster", is_exact: true }]);
    expect((await again.page({ cursor })).epoch).toBe((await epochsOf(server))[1]!.epoch);
  });

  test("R19 S28 a reader who finds it out first begins an exact epoch too", async () => {
    const database = await createTestDatabase();
    closers.push(() => database.drop());
    const { server, client } = await open(database);
    await put(client, "a");
    const { epoch } = await client.page({ cursor: "initial" });
    await put(client, "b");
    const lost = await cursorOf(client);
    // A replica without the last batch was promoted while the server ran.
    await database.pool.query("delete from sync_data_changes where version = 2");
    await database.pool.query("delete from sync_batches where head_after = 2");
    await database.pool.query("update sync_data set head = 1, record_count = 1, live_bytes = 9");
    await database.pool.query("update epochs set timeline = timeline + 1");
    const told = await client.pull({ cursor: lost });
    const [, fresh] = await epochsOf(server);
    expect(fresh).toMatchObject({ reason: "cluster", is_exact: true });
    const epochs = [
      { epoch, version: 0 },
      { epoch: fresh!.epoch, version: 1 },
    ];
    expect(told).toMatchObject({ ...changed, details: { epochs } });
  });
});

test("R19 where an epoch began is not claimed when the history was cut before it, unnoticed", async () => {
  const { server, client, epoch, at } = await inSameCluster(3);
  await server.database.pool.query("select begin_epoch('restored', true)");
  const epochs = [{ epoch, version: 0 }, { version: null }];
  expect(await client.pull({ cursor: at(5) })).toMatchObject({ ...changed, details: { epochs } });
  expect((await client.page({ cursor: at(3) })).epoch).not.toBe(epoch);
});

test("R19 an account made anew with the id of an erased one begins no epoch: the old cursor is not its own", async () => {
  const database = await createTestDatabase();
  closers.push(() => database.drop());
  const { server, client } = await open(database);
  const api = await Api.of(server.app);
  const sealed = sealedFields();
  const before = syncClient(api, await server.register(sealed));
  await before.accepted([{ id: "x", type: "delete" }]);
  const cursor = await cursorOf(before);
  const headers = { "owlivion-password": before.account.password };
  const erased = await before.account.inject({ method: "DELETE", url: "/api/v1/account", headers });
  expect(erased.statusCode).toBe(200);

  const after = syncClient(api, await server.register(sealed));
  expect(await after.pull({ cursor })).toMatchObject({ status: 400, code: "INVALID_CURSOR" });
  expect(await epochsOf(server)).toHaveLength(1);
  await put(client, "a");
});

describe.each([0, 1])("blobs across a restore, %i of them in the backup", (kept) => {
  test("R25 no version comes again: compare and set never replaces a blob that the device has not seen", async () => {
    const original = await createTestDatabase();
    const restored = await createTestDatabase("empty");
    closers.push(
      () => original.drop(),
      () => restored.drop(),
    );
    const before = await open(original);
    for (let version = 0; version < kept; version += 1) await putBlob(before.account, "kept", version);
    const output = new PassThrough();
    const [backup] = await Promise.all([buffer(output), writeBackup(original.pool, output)]);
    const lost = await putBlob(before.account, "lost by the restore", kept);
    const reader = new BackupReader(Readable.from([backup]));
    await restoreBackup(restored.pool, await reader.readHeader(), reader);

    const { account } = await open(restored, before.account);
    const other = await putBlob(account, "another device's", kept);
    expect(other.version).toBeGreaterThan(lost.version);
    expect(await putBlob(account, "on what was lost", lost.version)).toEqual({
      code: "VERSION_CONFLICT",
      version: other.version,
    });
    // Within an epoch the versions are consecutive again.
    expect(await putBlob(account, "merged", other.version)).toEqual({ code: undefined, version: other.version + 1 });
  });
});

/** The version written, or the one that stands. */
async function putBlob(
  account: TestAccount,
  text: string,
  version: number,
): Promise<{ code: string; version: number }> {
  const bytes = Buffer.from(text);
  const payload = {
    data_type: "contacts",
    encrypted_blob: bytes.toString("base64"),
    nonce: Buffer.alloc(24, 1).toString("base64"),
    checksum: hash("sha256", bytes, "base64"),
    device_id: account.deviceId,
    version,
  };
  const { code, data, details } = (
    await account.inject({ method: "POST", url: "/api/v1/sync/upload", payload })
  ).json();
  return { code, version: (data ?? details).version };
}
