import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { spawnChild, type Child } from "../../../test/support/spawn-child.ts";
import { openDatabase } from "./open-database.ts";
import { SqliteConnection } from "./sqlite-connection.ts";
import { sqliteStore } from "./sqlite-store.ts";

const root = await mkdtemp(join(tmpdir(), "owlivion-processes-"));
afterAll(() => rm(root, { recursive: true }));

let count = 0;
let directory = "";
beforeEach(() => {
  directory = join(root, String(count++));
});

const child = (mode: string): Child => spawnChild("sqlite-child.ts", mode, directory);

describe("processes on one SQLite store", { timeout: 30_000 }, () => {
  test("C-I2: after a SIGKILL in mid-transaction rows and position agree, and nothing acknowledged is missing", async () => {
    let position = 0;
    for (let round = 0; round < 6; round++) {
      const writer = child("write");
      await writer.said(5);
      await delay(Math.random() * 60);
      await writer.kill();
      const acknowledged = Number(writer.lines.at(-1));
      const store = await sqliteStore(directory)();
      const [now, rows] = await store.read(["records", "meta"], async (tx) => [
        (await tx.get("meta", "position"))?.value as number,
        await tx.scan("records", { prefix: "contacts/" }),
      ]);
      await store.close();
      expect(acknowledged).toBeGreaterThan(position);
      // The last commit may have happened without being said.
      expect([acknowledged, acknowledged + 1]).toContain(now);
      expect(rows.length).toBe(20 * now);
      expect(rows.at(-1)?.version).toBe(now);
      position = now;
    }
  });

  test("two writers share the store, and none loses a write", async () => {
    const writers = [child("write"), child("write")];
    await Promise.all(writers.map((writer) => writer.said(20)));
    await Promise.all(writers.map((writer) => writer.kill()));
    const said = writers.flatMap((writer) => writer.lines.map(Number));
    expect(new Set(said).size).toBe(said.length);
    const store = await sqliteStore(directory)();
    expect(await store.read(["records"], (tx) => tx.count("records", ""))).toBeGreaterThanOrEqual(20 * said.length);
    await store.close();
  });

  test("a lock ends with the process that held it", async () => {
    const holder = child("hold-lock");
    await holder.said(1);
    const store = await sqliteStore(directory)();
    expect(await store.exclusively("syncer", async () => 1, { ifAvailable: true })).toBeUndefined();
    const waiting = store.exclusively("syncer", async () => "mine");
    await holder.kill();
    expect(await waiting).toBe("mine");
    await store.close();
  });

  test("a writer waits for another process, readers do not; then it is STORE_LOCKED, and the thread was never blocked", async () => {
    const holder = child("hold-transaction");
    await holder.said(1);
    const path = join(directory, "store.db");
    const connection = new SqliteConnection(await openDatabase(path), path, 300);
    let ticks = 0;
    const ticking = setInterval(() => ticks++, 5);
    const writing = connection.write(["meta"], async () => {});
    expect(await connection.read(["meta"], (tx) => tx.get("meta", "torn"))).toBeUndefined();
    await expect(writing).rejects.toThrow(expect.objectContaining({ code: "STORE_LOCKED", retry: "retry" }));
    clearInterval(ticking);
    expect(ticks).toBeGreaterThan(10);
    const later = connection.write(["meta"], (tx) => tx.put("meta", { key: "mine", value: 1 }));
    await holder.kill();
    await later;
    expect(await connection.read(["meta"], (tx) => tx.scan("meta", { prefix: "" }))).toEqual([
      { key: "mine", value: 1 },
    ]);
    await connection.close();
  });

  test("commits and wishes of another process are heard as unknown messages", async () => {
    const store = await sqliteStore(directory)();
    let heard = 0;
    store.onMessage((message) => {
      expect(message).toEqual({ type: "unknown" });
      heard++;
    });
    const wisher = child("wish");
    await wisher.said(1);
    await expect.poll(() => heard, { timeout: 5000 }).toBe(1);
    await wisher.kill();
    const writer = child("write");
    await expect.poll(() => heard, { timeout: 5000 }).toBeGreaterThan(2);
    await writer.kill();
    await store.close();
  });
});
