import { SetHash } from "@owlivion/sync-crypto";
import { expect } from "vitest";
import type { TestServer } from "../../../server/test/support/server.ts";
import { recordKey, type TableName, type Tables } from "../../src/store/rows.ts";
import type { OpenStore } from "../../src/store/store.ts";
import { openDevice, type DeviceOptions, type SyncedDevice, testPassword } from "./people.ts";
import { startDevice } from "./test-device.ts";

type App = TestServer["app"];

/** Rows as the device's store has them. */
export async function rowsOf<T extends TableName>(openStore: OpenStore, table: T, prefix = ""): Promise<Tables[T][]> {
  const store = await openStore();
  try {
    return await store.read([table], async (tx) => await tx.scan(table, { prefix }));
  } finally {
    await store.close();
  }
}

export const collectionOf = async (device: SyncedDevice, dataType = "contacts") =>
  (await rowsOf(device.openStore, "collections")).find(({ key }) => key === dataType);

/** The same device after a restart: another process on the same store. */
export async function reopen(app: App, device: SyncedDevice, options: DeviceOptions = {}) {
  await device.sync.close();
  return await openDevice(app, { openStore: device.openStore, network: device.network, ...options });
}

/** A new device of the same person. */
export async function addDevice(app: App, of: SyncedDevice, options: DeviceOptions = {}) {
  const device = await openDevice(app, options);
  await device.sync.signIn({ email: of.sync.account!.email, password: testPassword });
  return device;
}

/** Syncs in turns until nobody has anything left to send that may go out. */
export async function settle(...devices: readonly SyncedDevice[]): Promise<void> {
  for (let round = 0; round < 10; round += 1) {
    for (const { sync } of devices) await sync.syncNow();
    const waiting = await Promise.all(
      devices.map(async ({ openStore }) => (await rowsOf(openStore, "outbox")).filter(({ held }) => held === null)),
    );
    if (round > 0 && waiting.every((rows) => rows.length === 0)) {
      // What the last one sent, the others have yet to see.
      for (const { sync } of devices) await sync.syncNow();
      return;
    }
  }
  throw new Error("the outboxes do not get empty");
}

/**
 * What holds in a device's store at any time, whatever happened: the sum of the set hash is that of the rows, every visible
 * record has somewhere to come from, every edit has something to say.
 */
export async function expectSound(app: App, { openStore, network }: SyncedDevice): Promise<void> {
  const { session, store } = await startDevice(app, { openStore, network });
  const keyring = session.state.kind === "unlocked" ? session.state.keyring : null;
  const all = {
    records: await rowsOf(openStore, "records"),
    views: await rowsOf(openStore, "views"),
    outbox: await rowsOf(openStore, "outbox"),
    marks: await rowsOf(openStore, "marks"),
    collections: await rowsOf(openStore, "collections"),
  };
  for (const collection of all.collections) {
    const records = all.records.filter(
      ({ key }) => key === recordKey(collection.key, key.split("/").slice(1).join("/")),
    );
    const counted = records.filter(({ isCounted }) => isCounted);
    for (const row of counted) expect(row).toMatchObject({ kind: "put", version: expect.any(Number) });
    expect(counted.every(({ version }) => version > 0)).toBe(true);
    expect(collection.count).toBe(counted.length);
    if (keyring === null) continue;
    const sum = SetHash.empty();
    const keys = keyring.collection(collection.key);
    for (const { recordId, hash } of counted) sum.add(keys.setHashTerm(recordId, hash!));
    expect(Buffer.from(collection.setHash).toString("hex")).toBe(Buffer.from(sum.toBytes()).toString("hex"));
  }
  const views = new Set(all.views.map(({ key }) => key));
  const records = new Map(all.records.map((row) => [row.key, row]));
  const outbox = new Map(all.outbox.map((row) => [row.key, row]));
  const marks = new Map(all.marks.map((row) => [row.key, row]));
  if (keyring !== null) {
    for (const { key } of all.views) {
      const isAcknowledged = records.get(key)?.kind === "put";
      expect(isAcknowledged || outbox.get(key)?.kind === "put" || marks.has(key), `${key} has an origin`).toBe(true);
      expect(outbox.get(key)?.kind, `${key} is not deleted`).not.toBe("delete");
    }
    for (const { key, kind } of all.outbox) {
      if (kind === "put") expect(views.has(key), `${key} has something to say`).toBe(true);
    }
    for (const { key, kind, isCounted } of all.records) {
      const isHidden = outbox.get(key)?.kind === "delete" || marks.has(key);
      if (kind === "put" && isCounted && !isHidden) expect(views.has(key), `${key} is visible`).toBe(true);
    }
  }
  await session.close();
  await store.close();
}

/** All records of a device, by data type and id. */
export async function recordsOf({ sync }: SyncedDevice, dataTypes: readonly string[] = ["contacts"]) {
  const all: Record<string, unknown> = {};
  for (const dataType of dataTypes) {
    for await (const record of sync.collection(dataType).iterate()) all[`${dataType}/${record.id}`] = record;
  }
  return all;
}

/** C-I8: once quiet, all devices show the same, also one that is new, and each one's store is sound. */
export async function expectConverged(
  app: App,
  devices: readonly SyncedDevice[],
  options: DeviceOptions & { readonly of?: readonly string[] } = {},
): Promise<Record<string, unknown>> {
  const { of = ["contacts"], ...deviceOptions } = options;
  await settle(...devices);
  const fresh = await addDevice(app, devices[0]!, deviceOptions);
  await fresh.sync.syncNow();
  const expected = await recordsOf(fresh, of);
  for (const device of [...devices, fresh]) {
    expect(await recordsOf(device, of)).toEqual(expected);
    await expectSound(app, device);
  }
  const heads = await Promise.all(
    [...devices, fresh].map(async (device) => {
      const rows = await rowsOf(device.openStore, "collections");
      return rows
        .filter(({ position }) => position > 0)
        .map((row) => [row.key, row.position, row.count, Buffer.from(row.setHash).toString("hex")]);
    }),
  );
  for (const head of heads) expect(head).toEqual(heads.at(-1));
  await fresh.sync.close();
  return expected;
}
