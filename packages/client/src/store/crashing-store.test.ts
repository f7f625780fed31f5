import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fakeIndexedDb from "fake-indexeddb";
import { afterAll, describe, expect, test } from "vitest";
import { crashingStore, type CrashingStore } from "../../test/support/crashing-store.ts";
import type { CrashOptions } from "../../test/support/life.ts";
import { indexedDbStore } from "./indexeddb/indexeddb-store.ts";
import { memoryStore } from "./memory-store.ts";
import { sqliteStore } from "./sqlite/sqlite-store.ts";
import type { OpenStore, Store } from "./store.ts";

Object.assign(globalThis, fakeIndexedDb);
const root = await mkdtemp(join(tmpdir(), "owlivion-crash-"));
afterAll(() => rm(root, { recursive: true }));

let count = 0;
const fresh: readonly [string, () => OpenStore][] = [
  ["memory", () => memoryStore()],
  ["IndexedDB", () => indexedDbStore(`crash-${count++}`)],
  ["SQLite", () => sqliteStore(join(root, String(count++)))],
];
const plans: readonly CrashOptions[] = (["lost", "kept"] as const).flatMap((commit) =>
  (["throw", "freeze"] as const).map((onCrash) => ({ commit, onCrash })),
);

describe.each(fresh)("a crash before any operation of the %s store", (_, make) => {
  test.each(plans)(
    "commit $commit, $onCrash: rows and position agree, and what was acknowledged is there",
    async (plan) => {
      const operations = await countOperations(make());
      expect(operations).toBeGreaterThan(15);
      for (let at = 1; at <= operations; at++) {
        const store = crashingStore(make());
        store.crashAt(at, plan);
        let acknowledged = 0;
        const run = pullThree(store, (position) => (acknowledged = position));
        const failed = run.then(
          () => "no crash",
          (error: unknown) => String(error),
        );
        await Promise.race([failed, store.crashed]);
        expect(store.isCrashed).toBe(true);
        if (plan.onCrash === "throw") expect(await failed).toMatch(/CrashError/);
        await store.restart();
        const { position, rows } = await look(store);
        expect(rows).toBe(2 * position);
        expect(position === acknowledged || position === acknowledged + 1).toBe(true);
        const again = await store.open();
        expect(await again.exclusively("syncer", async () => "free", { ifAvailable: true })).toBe("free");
        await again.close();
      }
    },
  );
});

test("work that catches the crash and goes on is rolled back all the same", async () => {
  const store = crashingStore(memoryStore());
  const handle = await store.open();
  store.crashAt(2);
  const writing = handle.write(["meta"], async (tx) => {
    await tx.put("meta", { key: "position", value: 1 });
    await tx.put("meta", { key: "other", value: 1 }).catch(() => {});
  });
  await expect(writing).rejects.toThrow("the process is gone");
  await expect(handle.read(["meta"], (tx) => tx.get("meta", "position"))).rejects.toThrow("the process is gone");
  await store.restart();
  expect(await look(store)).toEqual({ position: 0, rows: 0 });
});

async function countOperations(open: OpenStore): Promise<number> {
  const store = crashingStore(open);
  await pullThree(store, () => {});
  return store.operations;
}

/** Three pulls by the syncer, two rows each. */
async function pullThree(store: CrashingStore, acknowledge: (position: number) => void): Promise<void> {
  const handle = await store.open();
  await handle.exclusively("syncer", async () => {
    for (let page = 1; page <= 3; page++) {
      await handle.protector.protect(new Uint8Array([page]));
      acknowledge(await pull(handle));
    }
  });
  await handle.close();
}

function pull(handle: Store): Promise<number> {
  return handle.write(["meta", "outbox"], async (tx) => {
    const position = (((await tx.get("meta", "position"))?.value as number | undefined) ?? 0) + 1;
    await tx.put("meta", { key: `row/${position}/a`, value: 1 });
    await tx.put("meta", { key: "position", value: position });
    await tx.put("meta", { key: `row/${position}/b`, value: 1 });
    return position;
  });
}

async function look(store: CrashingStore): Promise<{ position: number; rows: number }> {
  const handle = await store.open();
  const seen = await handle.read(["meta"], async (tx) => ({
    position: ((await tx.get("meta", "position"))?.value as number | undefined) ?? 0,
    rows: await tx.count("meta", "row/"),
  }));
  await handle.close();
  return seen;
}
