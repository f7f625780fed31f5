import { randomUUID } from "node:crypto";
import type { Pool } from "pg";
import { loadDataTypes } from "../../src/db/data-types.ts";
import { PostgresStore } from "../../src/sync/postgres/postgres-store.ts";
import { uploadDelta } from "../../src/sync/upload-delta.ts";
import { batchOf, type ChangeInput } from "./batches.ts";

export interface AcceptedChange {
  readonly id: string;
  readonly isDelete: boolean;
  readonly text: string;
  readonly at: number;
}

/** One account's contacts at a time of the test's choosing, and the log of what was accepted. */
export interface AgingCollection {
  readonly userId: string;
  readonly deviceId: string;
  readonly store: PostgresStore;
  /** Milliseconds since 1970; the test moves it. */
  now: number;
  /** Version i stands at index i - 1. */
  readonly log: AcceptedChange[];
  write(changes: readonly ChangeInput[]): Promise<void>;
  /** Record id and text by version, as the server tells it: now, or at a version of the past. */
  read(asOf?: number): Promise<Map<string, string>>;
  /** The same by the log. */
  expected(version?: number): Map<string, string>;
}

const unlimited = { maxRecords: 1_000_000, maxBytes: 1_000_000_000 };

export async function openAgingCollection(pool: Pool, now: number, tombstoneDays = 90): Promise<AgingCollection> {
  const [userId, deviceId] = [randomUUID(), randomUUID()];
  await pool.query("insert into users (user_id, email, kind, secret_hash) values ($1, $2, 'plain', '')", [
    userId,
    `${userId}@example.com`,
  ]);
  await pool.query("insert into devices (user_id, device_id) values ($1, $2)", [userId, deviceId]);
  const dataTypes = await loadDataTypes(pool, ["contacts"]);
  const store = await PostgresStore.open(pool, dataTypes, { tombstoneDays, clock: () => collection.now * 1000 });
  const key = { userId, dataType: "contacts" };
  const collection: AgingCollection = {
    userId,
    deviceId,
    store,
    now,
    log: [],
    async write(changes) {
      const batch = batchOf(deviceId, changes);
      const { answer } = await uploadDelta(store, { ...key, batch, idempotency: null }, null, unlimited);
      answer.outcomes.forEach((outcome, index) => {
        if (outcome.status !== "applied") return;
        const { id, type, text = "" } = changes[index]!;
        collection.log[outcome.version - 1] = { id, isDelete: type === "delete", text, at: collection.now };
      });
    },
    async read(asOf) {
      const page = await store.readPage({
        ...key,
        after: 0,
        limit: 1000,
        tombstonesAfter: "head",
        lineageVersion: 0,
        ...(asOf === undefined ? {} : { asOf }),
      });
      const live = page.rows.filter((row) => row.changeType !== 2);
      return new Map(live.map((row) => [row.recordId, `${row.version} ${row.record!.toString()}`]));
    },
    expected(version = collection.log.length) {
      const state = new Map<string, string>();
      collection.log.slice(0, version).forEach((change, index) => {
        if (change.isDelete) state.delete(change.id);
        else state.set(change.id, `${index + 1} ${change.text}`);
      });
      return state;
    },
  };
  return collection;
}
