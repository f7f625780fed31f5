import { expect, test } from "vitest";
import { crashingStore } from "../../test/support/crashing-store.ts";
import { systemClock } from "../ports.ts";
import { memoryStore } from "../store/memory-store.ts";
import { tableNames } from "../store/rows.ts";
import type { Store } from "../store/store.ts";
import { readOrMakeDeviceId, sessionKeys } from "./account-row.ts";
import { assertNotErasing, eraseStore, finishErasing } from "./erase-store.ts";

const deviceId = "7d4f4b0e-5f0a-4a44-9d57-0f6c1c0c9a01";

async function filledStore() {
  const openStore = memoryStore();
  const store = await openStore();
  await store.write(["meta", "conflicts", "marks"], async (tx) => {
    await readOrMakeDeviceId(tx, deviceId);
    await tx.put("meta", { key: sessionKeys.account, value: "an account" });
    for (let i = 0; i < 1200; i += 1) {
      await tx.put("meta", { key: `setting-${i}`, value: i });
      await tx.put("marks", { key: `contacts/${i}`, recordId: `${i}`, kind: "staged", reason: "", sinceMs: 0 });
    }
  });
  return { openStore, store };
}

async function keysOf(store: Store): Promise<string[]> {
  const rows = await store.read(tableNames, (tx) =>
    Promise.all(tableNames.map((table) => tx.scan(table, { prefix: "" }))),
  );
  return rows.flat().map(({ key }) => key);
}

test("everything goes but the device's id", async () => {
  const { store } = await filledStore();
  await eraseStore(store, systemClock);
  expect(await keysOf(store)).toEqual([sessionKeys.device]);
  expect(await store.write(["meta"], (tx) => readOrMakeDeviceId(tx, "another"))).toBe(deviceId);
});

test("what was interrupted is gone on with; until then nobody may write an account", async () => {
  const { openStore } = await filledStore();
  const crashing = crashingStore(openStore);
  const dying = await crashing.open();
  crashing.crashAt(12); // in the third transaction
  await expect(eraseStore(dying, systemClock)).rejects.toThrow("gone");
  const next = await openStore();
  expect(await keysOf(next)).not.toContain(sessionKeys.account);
  await expect(next.read(["meta"], assertNotErasing)).rejects.toThrow(
    expect.objectContaining({ code: "STORE_LOCKED" }),
  );
  await finishErasing(next, systemClock);
  expect(await keysOf(next)).toEqual([sessionKeys.device]);
});

test("it waits for the tab that syncs, and erases what that still wrote", async () => {
  const { openStore, store } = await filledStore();
  const other = await openStore();
  const stopping = Promise.withResolvers<void>();
  other.onMessage(({ type }) => {
    if (type === "state") stopping.resolve();
  });
  const syncing = other.exclusively("syncer", async () => {
    await stopping.promise;
    await other.write(["meta"], (tx) => tx.put("meta", { key: "written late", value: 1 }));
  });
  await Promise.all([eraseStore(store, systemClock), syncing]);
  expect(await keysOf(store)).toEqual([sessionKeys.device]);
});

test("a tab that comes late to it removes nothing of who signed in since", async () => {
  const { openStore, store } = await filledStore();
  await eraseStore(store, systemClock);
  await store.write(["meta"], (tx) => tx.put("meta", { key: sessionKeys.account, value: "the next" }));
  await finishErasing(await openStore(), systemClock);
  expect(await keysOf(store)).toContain(sessionKeys.account);
});
