import { expect } from "vitest";
import { defineDataType } from "@owlivion/sync-client";
import type { TestServer } from "../../../server/test/support/server.ts";
import type { TestDatabase } from "../../../server/test/support/database.ts";
import { expectConverged, rowsOf, settle } from "./household.ts";
import { openDevices, type SyncedDevice } from "./people.ts";

export interface Note {
  readonly text?: string;
  readonly more?: string;
}

/** Records without natural keys and schemas: the tests name them. */
export const notesOnly = { dataTypes: [defineDataType<Note>({ name: "contacts" })] as never };
export const notes = ({ sync }: SyncedDevice) => sync.collection<Note>("contacts");

export const accountOf = ({ sync }: SyncedDevice): string => sync.account!.accountId;
export const kindsOf = ({ events }: SyncedDevice) => events.map(({ type }) => type);
export const idsOf = async (device: SyncedDevice): Promise<string[]> =>
  (await notes(device).list()).map(({ id }) => id).toSorted();

/** Devices of an account of their own, which all have the records. */
export async function household(app: TestServer["app"], count: number, ids: readonly string[]) {
  const devices = await openDevices(app, count, notesOnly);
  await notes(devices[0]!).putMany(ids.map((id) => ({ id, text: `text of ${id}` })));
  await settle(...devices);
  return devices as [SyncedDevice, SyncedDevice, SyncedDevice];
}

/** Ids in their order, such as `r01` to `r60`. */
export const manyIds = (count: number, prefix = "r"): string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}${String(i + 1).padStart(2, "0")}`);

/**
 * After whatever happened: all devices and a new one show the same, each one's set hash is that of its rows, and nothing waits.
 * Answers the ids that are left.
 */
export async function expectHealed(app: TestServer["app"], ...devices: readonly SyncedDevice[]): Promise<string[]> {
  const records = await expectConverged(app, devices, notesOnly);
  for (const { openStore } of devices) {
    expect(await rowsOf(openStore, "outbox")).toEqual([]);
    expect(await rowsOf(openStore, "batches")).toEqual([]);
  }
  return Object.keys(records).map((key) => key.slice("contacts/".length));
}

export const attentionOf = ({ sync }: SyncedDevice) => sync.status.attention.map(({ kind, count }) => [kind, count]);

/** The version that the server has a proof of, when that is the head; else 0. */
export async function provedHead({ pool }: TestDatabase, device: SyncedDevice): Promise<number> {
  const { rows } = await pool.query<{ head: string; proof_version: string | null }>(
    "select head, proof_version from sync_data where user_id = $1 and head > 0",
    [accountOf(device)],
  );
  const [row] = rows;
  return row !== undefined && row.proof_version === row.head ? Number(row.head) : 0;
}

/** The device gets idle, and proves the head. */
export async function prove(database: TestDatabase, device: SyncedDevice): Promise<void> {
  device.sync.start();
  await expect.poll(() => provedHead(database, device), { timeout: 5_000, interval: 5 }).toBeGreaterThan(0);
  await device.sync.stop();
}
