import { randomUUID } from "node:crypto";
import type { Pool } from "pg";
import { Counter } from "prom-client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { consoleLog } from "../../test/support/console-log.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { DownloadAudit } from "./download-audit.ts";

let database: TestDatabase;
const userId = randomUUID();
const deviceId = randomUUID();
const download = { userId, deviceId, dataType: 1, action: "delta_download", rows: 7 } as const;

beforeAll(async () => {
  database = await createTestDatabase();
  await database.pool.query(
    "insert into users (user_id, email, kind, secret_hash) values ($1, 'audit@example.com', 'plain', '')",
    [userId],
  );
});
afterAll(() => database.drop());

const newCounter = () => new Counter({ name: "dropped", help: "-", registers: [] });
const valueOf = async (counter: Counter) => (await counter.get()).values[0]?.value ?? 0;

async function countRows(): Promise<number> {
  const { rows } = await database.pool.query<{ n: number }>("select count(*)::integer as n from sync_history");
  return rows[0]!.n;
}

test("a download costs no statement; many are written by one, with the time they were made (S36)", async () => {
  let statements = 0;
  const pool = {
    query: (text: string, values: unknown[]) => {
      statements += 1;
      return database.pool.query(text, values);
    },
  } as unknown as Pool;
  const audit = new DownloadAudit(pool, consoleLog, newCounter());
  for (let i = 0; i < 50; i++) audit.recordDownload(download);
  expect(statements).toBe(0);
  await audit.close();
  expect(statements).toBe(1);
  const { rows } = await database.pool.query(
    "select distinct user_id, device_id, data_type, action, applied, at > clock_timestamp() - interval '1 minute' as recent from sync_history",
  );
  expect(rows).toEqual([
    { user_id: userId, device_id: deviceId, data_type: 1, action: "delta_download", applied: 7, recent: true },
  ]);
  expect(await countRows()).toBe(50);
});

test("the buffer is bounded, survives a failing database, and writes later what it kept (S36)", async () => {
  const before = await countRows();
  let isDown = true;
  const pool = {
    query: async (text: string, values: unknown[]) => {
      if (isDown) throw new Error("connection refused");
      return database.pool.query(text, values);
    },
  } as unknown as Pool;
  const dropped = newCounter();
  const log = { ...consoleLog, warn() {} };
  const audit = new DownloadAudit(pool, log, dropped, { maxRows: 10 });
  for (let i = 0; i < 15; i++) audit.recordDownload(download);
  expect(await valueOf(dropped)).toBe(5);
  await audit.flush();
  audit.recordDownload(download);
  expect(await valueOf(dropped)).toBe(6);
  isDown = false;
  await audit.close();
  expect(await countRows()).toBe(before + 10);
});

test("an account erased meanwhile leaves no audit behind", async () => {
  const before = await countRows();
  const audit = new DownloadAudit(database.pool, consoleLog, newCounter());
  audit.recordDownload({ ...download, userId: randomUUID() });
  audit.recordDownload(download);
  await audit.close();
  expect(await countRows()).toBe(before + 1);
});
