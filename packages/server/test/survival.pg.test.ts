import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { json } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import pg, { type PoolClient } from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Config } from "../src/config/config.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../src/db/embedded/start-embedded-postgres.ts";
import { migrate } from "../src/db/migrate.ts";
import { Api } from "./support/api.ts";
import { uploadedChange } from "./support/batches.ts";
import { createTestDatabase } from "./support/database.ts";
import { socketUrl } from "./support/database-url.ts";
import { startCli } from "./support/run-cli.ts";
import { startTestServer, type TestServer } from "./support/server.ts";
import { silentLog } from "./support/silent-log.ts";
import { idsOf, syncClient, type SyncClient } from "./support/sync-client.ts";
import { waitForBlocked, waitUntil } from "./support/wait-until.ts";

let closers: (() => Promise<unknown>)[];
beforeEach(() => {
  closers = [];
});
afterEach(async () => {
  for (const close of closers.reverse()) await close();
});

const unavailable = { status: 503, code: "DATABASE_UNAVAILABLE", headers: { "retry-after": "1" } };
const overloaded = { status: 503, code: "OVERLOADED", headers: { "retry-after": "1" } };

async function open(config: Partial<Config> = {}) {
  const server = await startTestServer({ config });
  closers.push(() => server.close());
  const api = await Api.of(server.app);
  return { server, api, client: syncClient(api, await server.register()) };
}

/** Runs `work` while another connection holds what `lock` takes. */
async function whileLocked<T>(server: TestServer, lock: string, work: (holder: PoolClient) => Promise<T>): Promise<T> {
  const holder = await server.database.pool.connect();
  try {
    await holder.query("begin");
    await holder.query(lock);
    return await work(holder);
  } finally {
    await holder.query("rollback");
    holder.release();
  }
}

async function terminateBlocked(server: TestServer): Promise<void> {
  const { rows } = await server.database.pool.query(
    `select pg_terminate_backend(pid) as is_ended from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock' and pid <> pg_backend_pid()`,
  );
  expect(rows).toEqual([{ is_ended: true }]);
}

describe("a backend that is ended in the middle of an upload (S32)", () => {
  test.each([
    ["while it opens the collection", "select 1 from sync_data for update"],
    ["while it applies the batch", "select 1 from sync_data_changes for update"],
    ["while it writes a tombstone", "lock table deleted_records in share mode"],
    ["while it writes the audit, all but the commit done", "lock table sync_history in share mode"],
  ])("%s: 503, and the retry with the same key is applied once", async (_name, lock) => {
    const { server, client } = await open();
    await client.accepted([{ id: "a", text: "1" }]);
    const body = {
      device_id: client.deviceId,
      changes: [uploadedChange({ id: "a", text: "2" }), uploadedChange({ id: "b", type: "delete" })],
    };
    await whileLocked(server, lock, async () => {
      const upload = client.send(body, { key: "k" });
      await waitForBlocked(server.database.pool);
      await terminateBlocked(server);
      expect(await upload).toMatchObject(unavailable);
    });
    expect((await client.page({ cursor: "initial" })).head).toBe(1);
    const first = await client.send(body, { key: "k" });
    const again = await client.send(body, { key: "k" });
    expect([first.status, first.data.version]).toEqual([200, 3]);
    expect(again.data).toEqual(first.data);
    expect((await client.page({ cursor: "initial" })).head).toBe(3);
  });

  test("idle backends that are ended are replaced, and nobody notices (S33)", async () => {
    const { server, client } = await open();
    await client.accepted([{ id: "a", text: "1" }]);
    await server.database.pool.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
    );
    await waitUntil(() => server.pool.idleCount === 0);
    expect((await client.accepted([{ id: "a", text: "2" }])).version).toBe(2);
  });
});

describe("the pool is exhausted (S31)", () => {
  test("503 OVERLOADED with Retry-After, health is fine, and it heals", async () => {
    const { server, api, client } = await open({ databasePoolSize: 3, databasePoolWaitMs: 100 });
    const taken = await Promise.all([1, 2, 3].map(() => server.pool.connect()));
    const answers = await Promise.all([
      ...Array.from({ length: 20 }, (_, i) => client.push([{ id: `r${i}`, text: "1" }])),
      ...Array.from({ length: 20 }, () => client.pull({ cursor: "initial" })),
    ]);
    for (const answer of answers) expect(answer).toMatchObject(overloaded);
    expect((await api.call({ url: "/health" }, null)).status).toBe(200);
    expect((await api.call({ url: "/health/ready" }, null)).status).toBe(503);
    for (const connection of taken) connection.release();
    expect((await api.call({ url: "/health/ready" }, null)).status).toBe(200);
    expect((await client.accepted([{ id: "a", text: "1" }])).version).toBe(1);
  });

  test("many more requests than connections are answered one after the other", async () => {
    const { server, api } = await open({ databasePoolSize: 2, databasePoolWaitMs: 60_000 });
    const clients = await Promise.all(Array.from({ length: 20 }, async () => syncClient(api, await server.register())));
    const ids = Array.from({ length: 10 }, (_, i) => `r${i}`);
    const answers = await Promise.all(clients.flatMap((client) => ids.map((id) => client.push([{ id, text: "1" }]))));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    for (const client of clients) expect((await client.page({ cursor: "initial" })).head).toBe(ids.length);
  });
});

describe("what takes too long is ended (S36)", () => {
  test.each([
    ["a wait for a lock", { databaseLockTimeoutMs: 200 }],
    ["a statement", { databaseStatementTimeoutMs: 200, databaseLockTimeoutMs: 60_000 }],
  ])("%s: 503 OVERLOADED, nothing is applied, the next one goes through", async (_name, config) => {
    const { server, client } = await open(config);
    await client.accepted([{ id: "a", text: "1" }]);
    await whileLocked(server, "select 1 from sync_data for update", async () => {
      expect(await client.push([{ id: "a", text: "2" }])).toMatchObject(overloaded);
    });
    expect((await client.accepted([{ id: "a", text: "2" }])).version).toBe(2);
  });

  test("a transaction that stands idle is ended by PostgreSQL, and its connection leaves the pool", async () => {
    const { server, client } = await open({ databaseIdleTransactionTimeoutMs: 100, databasePoolSize: 1 });
    const stuck = await server.pool.connect();
    const lost = once(stuck, "error");
    await stuck.query("begin");
    await lost;
    stuck.release(true);
    expect((await client.accepted([{ id: "a", text: "1" }])).version).toBe(1);
  });
});

test("S33 PostgreSQL is stopped in the middle of an upload and started again: 503 while it is away, then as before", async () => {
  const dataDir = join(tmpdir(), `owlivion-survival-${randomBytes(6).toString("hex")}`);
  closers.push(async () => rmSync(dataDir, { recursive: true, force: true }));
  const start = () => startEmbeddedPostgres({ dataDir, log: silentLog, settings: { fsync: "off" } });
  let postgres: EmbeddedPostgres = await start();
  closers.push(() => postgres.stop());
  const url = socketUrl(postgres.connection, postgres.connection.database);
  const pool = new pg.Pool({ connectionString: url });
  pool.on("error", () => {});
  await migrate(pool);
  const server = await startTestServer({ database: { url, pool, drop: async () => {} } });
  closers.push(async () => {
    await server.close();
    await pool.end();
  });
  const api = await Api.of(server.app);
  const client: SyncClient = syncClient(api, await server.register());
  await client.accepted([{ id: "a", text: "1" }]);

  const holder = await pool.connect();
  holder.on("error", () => {});
  await holder.query("begin");
  await holder.query("select 1 from sync_data for update");
  const upload = client.push([{ id: "b", text: "1" }], { key: "k" });
  await waitForBlocked(pool);
  await postgres.stop();
  holder.release(true);
  expect(await upload).toMatchObject(unavailable);
  expect(await client.push([{ id: "b", text: "1" }], { key: "k" })).toMatchObject(unavailable);
  expect(await client.pull({ cursor: "initial" })).toMatchObject(unavailable);
  expect(await api.call({ url: "/health/ready" }, null)).toMatchObject(unavailable);
  expect((await api.call({ url: "/health" }, null)).status).toBe(200);

  postgres = await start();
  expect((await api.call({ url: "/health/ready" }, null)).status).toBe(200);
  await client.accepted([{ id: "b", text: "1" }], { key: "k" });
  expect(idsOf((await client.page({ cursor: "initial" })).changes)).toEqual(["a", "b"]);
});

test("S35 SIGTERM in the middle of an upload: it is answered, then the process ends with 0", async () => {
  const database = await createTestDatabase();
  const dataDir = join(tmpdir(), `owlivion-survival-${randomBytes(6).toString("hex")}`);
  closers.push(
    async () => rmSync(dataDir, { recursive: true, force: true }),
    () => database.drop(),
  );
  const child = startCli(["serve"], { DATABASE_URL: database.url, OWLIVION_DATA_DIR: dataDir, PORT: "0" });
  closers.push(async () => child.kill("SIGKILL"));
  child.stderr.resume();
  const ended = once(child, "exit");
  let address = "";
  for await (const line of createInterface({ input: child.stdout })) {
    address = /https?:\/\/[^"\s]+:\d+/.exec(line)?.[0] ?? "";
    if (address !== "" && line.includes("ready")) break;
  }
  child.stdout.resume();

  const deviceId = randomUUID();
  const registered = await fetch(`${address}/api/v1/auth/register`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: "ada@example.com", password: "a secret of the tests", device_id: deviceId }),
  });
  const { data } = (await registered.json()) as { data: { tokens: { access_token: string } } };
  const body = Buffer.from(JSON.stringify({ device_id: deviceId, changes: [uploadedChange({ id: "a", text: "1" })] }));
  const upload = request(`${address}/api/v1/sync/contacts/delta`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${data.tokens.access_token}`,
      "content-type": "application/json",
      "content-length": body.length,
      expect: "100-continue",
    },
  });
  const answered = once(upload, "response");
  upload.flushHeaders();
  await once(upload, "continue"); // the server has begun with it
  upload.write(body.subarray(0, 50));
  child.kill("SIGTERM");
  while (
    await fetch(`${address}/health`).then(
      ({ status }) => status === 200,
      () => false,
    )
  )
    await sleep(10);
  upload.end(body.subarray(50));
  const [response] = await answered;
  expect([response.statusCode, await json(response)]).toMatchObject([200, { data: { version: 1 } }]);
  expect(await ended).toEqual([0, null]);
  expect((await database.pool.query("select head::int from sync_data")).rows).toEqual([{ head: 1 }]);
});
