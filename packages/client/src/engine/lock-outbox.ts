import { type BlobKey, isCryptoError, openBlob, sealBlob } from "@owlivion/sync-crypto";
import { SyncError } from "../errors.ts";
import {
  type ConflictRow,
  type MetaRow,
  type OutboxRow,
  recordKey,
  type RecordRow,
  type Tables,
  type ViewRow,
} from "../store/rows.ts";
import { readAccount } from "../session/account-row.ts";
import type { ReadTransaction, WriteTransaction } from "../store/store.ts";
import { type EngineContext, typeOf, unlockedKeys } from "./engine-context.ts";
import { openRows } from "./open-rows.ts";
import { openKnown } from "./open-known.ts";
import { sealEdit } from "./plan-push.ts";
import { viewOf } from "./view-row.ts";

const tables = ["outbox", "records", "views", "marks", "conflicts", "meta"] as const;
const rowsPerStep = 500;
/** The plaintext was sealed away, or is about to be. */
const sealedKey = "views_sealed";
/** Rows that nothing else could make anew lie sealed among the settings, `kind/key`. */
const sealedRows = ["views", "conflicts"] as const;
const sealedPrefix = (kind: (typeof sealedRows)[number]): string => `sealed_${kind}/`;
const blobLabel = "signed-out";

/**
 * Before the keys are forgotten, under the lock: seals every edit that was not sent, removes all plaintext, and answers how many
 * edits wait. After a crash in its middle it is done again, or undone by `restoreViews`.
 */
export async function sealOutbox(context: EngineContext): Promise<number> {
  let unsentEdits = 0;
  await context.store.write(["meta"], async (tx) => await tx.put("meta", { key: sealedKey, value: true }));
  for (const dataType of context.types.keys()) {
    const prefix = `${dataType}/`;
    await eachRow(context, "outbox", prefix, async (_, rows) => void (unsentEdits += rows.length));
    await eachRow(context, "views", prefix, async (tx, rows) => {
      for (const row of rows) await sealView(context, tx, dataType, row);
      await tx.delete("views", ...rows.map(({ key }) => key));
    });
    await eachRow(context, "conflicts", prefix, async (tx, rows) => {
      for (const row of rows) await sealAway(context, tx, "conflicts", row);
      await tx.delete("conflicts", ...rows.map(({ key }) => key));
    });
  }
  return unsentEdits;
}

/** Whether somebody signed out of this store and has not signed in again. */
export const areViewsSealed = async (tx: ReadTransaction): Promise<boolean> =>
  (await tx.get("meta", sealedKey)) !== undefined;

/** What is visible goes into the edit it belongs to. What no envelope holds is sealed as it is. */
async function sealView(context: EngineContext, tx: WriteTransaction, dataType: string, view: ViewRow): Promise<void> {
  const { key } = view;
  const outbox = await tx.get("outbox", key);
  const known = await tx.get("records", key);
  const mark = await tx.get("marks", key);
  if (outbox?.kind === "put") {
    if (outbox.sealed !== null) return;
    const isUnreadable = mark?.kind === "unreadable";
    const keys = unlockedKeys(context, dataType);
    const sealed = sealEdit(keys, context.deviceId(), { outbox, known, view, isUnreadable }, context.ports.random);
    if (sealed !== null) return await tx.put("outbox", { ...outbox, sealed });
  }
  const isKept = outbox === undefined && mark === undefined && known?.kind === "put" && known.version > 0;
  if (!isKept) await sealAway(context, tx, "views", view);
}

async function sealAway(
  context: EngineContext,
  tx: WriteTransaction,
  kind: (typeof sealedRows)[number],
  row: ViewRow | ConflictRow,
): Promise<void> {
  const key = sealedPrefix(kind) + row.key;
  const bytes = new TextEncoder().encode(JSON.stringify(row));
  await tx.put("meta", { key, value: sealBlob(blobKey(context), blobLabel + key, bytes, context.ports.random) });
}

function blobKey(context: EngineContext): BlobKey {
  const keyring = context.keyring();
  if (keyring === null) throw new SyncError("LOCKED");
  return keyring.localKey(blobLabel);
}

/**
 * After unlocking: the plaintext index is made anew from the envelopes, the sealed edits, and what was sealed as it was. Not while
 * somebody signs out, here or in another tab, nor after it: answers whether nothing is sealed any more.
 */
export async function restoreViews(context: EngineContext): Promise<boolean> {
  const { store } = context;
  if (!(await store.read(["meta"], areViewsSealed))) return true;
  const isOpen = await store.exclusively("sign-out", async () => await restoreAll(context), { ifAvailable: true });
  return isOpen ?? false;
}

async function restoreAll(context: EngineContext): Promise<boolean> {
  const account = await context.store.read(["meta"], readAccount);
  if (account?.lockCount !== context.lockCount()) return false;
  if (!(await context.store.read(["meta"], areViewsSealed))) return true;
  if (context.keyring() === null) return false;
  for (const dataType of context.types.keys()) {
    const prefix = `${dataType}/`;
    await eachRow(context, "records", prefix, async (tx, rows) => await restoreRecords(context, tx, dataType, rows));
    await eachRow(context, "outbox", prefix, async (tx, rows) => {
      for (const row of rows) await restoreEdit(context, tx, dataType, row);
    });
    for (const kind of sealedRows) {
      await eachRow(context, "meta", sealedPrefix(kind) + prefix, async (tx, rows) => {
        for (const row of rows) await restoreSealed(context, tx, kind, row);
      });
    }
  }
  await context.store.write(["meta"], async (tx) => await tx.delete("meta", sealedKey));
  return true;
}

async function restoreRecords(
  context: EngineContext,
  tx: WriteTransaction,
  dataType: string,
  rows: readonly RecordRow[],
): Promise<void> {
  const keys = unlockedKeys(context, dataType);
  const edits = await tx.getMany(
    "outbox",
    rows.map(({ key }) => key),
  );
  for (const [i, row] of rows.entries()) {
    // An edit that was not sealed yet is what is visible already.
    if (row.kind !== "put" || row.version === 0 || edits[i] !== undefined) continue;
    const content = openKnown(keys, row);
    if (content?.kind === "put") await tx.put("views", viewOf(typeOf(context, dataType), row.recordId, content));
  }
}

async function restoreEdit(
  context: EngineContext,
  tx: WriteTransaction,
  dataType: string,
  row: OutboxRow,
): Promise<void> {
  const key = recordKey(dataType, row.recordId);
  if (row.kind === "delete") return await tx.delete("views", key);
  if (row.sealed === null) return;
  const place = {
    recordId: row.recordId,
    version: 1,
    changedAt: "",
    deviceId: context.deviceId(),
    kind: "put",
  } as const;
  const [opened] = openRows(unlockedKeys(context, dataType), [{ ...place, envelope: row.sealed }]);
  if (opened?.content?.kind !== "put") return;
  await tx.put("views", viewOf(typeOf(context, dataType), row.recordId, opened.content));
}

/** What cannot be opened any more stays sealed. */
async function restoreSealed(
  context: EngineContext,
  tx: WriteTransaction,
  kind: (typeof sealedRows)[number],
  { key, value }: MetaRow,
): Promise<void> {
  let row: unknown;
  try {
    row = JSON.parse(new TextDecoder().decode(openBlob(blobKey(context), blobLabel + key, value as Uint8Array)));
  } catch (error) {
    if (isCryptoError(error)) return;
    throw error;
  }
  await tx.put(kind, row as ViewRow & ConflictRow);
  await tx.delete("meta", key);
}

async function eachRow<T extends "outbox" | "views" | "records" | "conflicts" | "meta">(
  context: EngineContext,
  table: T,
  prefix: string,
  work: (tx: WriteTransaction, rows: Tables[T][]) => Promise<void>,
): Promise<void> {
  for (let after = ""; ;) {
    const last = await context.store.write(tables, async (tx) => {
      const rows = await tx.scan(table, { prefix, after, limit: rowsPerStep });
      await work(tx, rows);
      return rows.length < rowsPerStep ? null : rows.at(-1)!.key;
    });
    if (last === null) return;
    after = last;
  }
}
