import type { JsonObject } from "@owlivion/sync-crypto";
import { presentFields } from "../data-types/data-type.ts";
import { deleteRecords } from "../engine/delete-records.ts";
import { editRecord, type EditInput } from "../engine/edit-record.ts";
import type { EngineContext } from "../engine/engine-context.ts";
import { unlockedKeys, typeOf } from "../engine/engine-context.ts";
import { openKnown } from "../engine/open-known.ts";
import { viewOf } from "../engine/view-row.ts";
import { SyncError } from "../errors.ts";
import { readFields } from "../merge/edit-value.ts";
import { type ConflictKind, type ConflictRow, recordKey } from "../store/rows.ts";
import type { WriteTransaction } from "../store/store.ts";
import type { EditResult, Edits } from "./edits.ts";

/** Something that a merge could not decide, or would have lost. */
export interface ConflictEntry {
  readonly id: string;
  readonly dataType: string;
  readonly recordId: string;
  readonly kind: ConflictKind;
  /** What both sides began with; null: unknown, or nothing. */
  readonly base: JsonObject | null;
  /** This device's side; null: it had deleted the record. */
  readonly local: JsonObject | null;
  /** The other side; null: it had deleted the record, or it cannot be read. */
  readonly remote: JsonObject | null;
  /** What is shown until the person decides. */
  readonly proposed: JsonObject | null;
  /** The fields that clash. */
  readonly fields: readonly string[];
  readonly remoteDeviceId: string | null;
  readonly sinceMs: number;
}

/**
 * `local` and `remote` take that side, for the fields that clash; `fields` changes the given fields and leaves what was edited since
 * in others (null removes one); `value` is the whole record as the person wants it.
 */
export type Resolution = "local" | "remote" | { readonly fields: object } | { readonly value: object };

export interface Conflicts {
  /** The open ones, oldest first within a record. */
  list(filter?: { readonly dataType?: string }): Promise<ConflictEntry[]>;
  get(id: string): Promise<ConflictEntry>;
  /** Ends a conflict. Throws CONFLICT_NOT_FOUND. */
  resolve(id: string, resolution: Resolution): Promise<void>;
  /** Takes the same side of several; answers how many of them were open still. */
  resolveMany(ids: readonly string[], side: "local" | "remote"): Promise<number>;
  subscribe(listener: (conflicts: ConflictEntry[]) => void): () => void;
}

const conflictsPerStep = 200;

export function createConflicts(context: EngineContext, edits: Edits): Conflicts {
  const list = async ({ dataType }: { readonly dataType?: string } = {}): Promise<ConflictEntry[]> => {
    const prefix = dataType === undefined ? "" : `${dataType}/`;
    const rows = await context.store.read(["conflicts"], async (tx) => await tx.scan("conflicts", { prefix }));
    return rows.filter(({ resolvedMs }) => resolvedMs === null).map(toEntry);
  };
  const read = async (id: string): Promise<ConflictRow> => {
    const row = await context.store.read(["conflicts"], async (tx) => await tx.get("conflicts", id));
    if (row === undefined || row.resolvedMs !== null) throw new SyncError("CONFLICT_NOT_FOUND");
    return row;
  };
  const end = async (tx: WriteTransaction, row: ConflictRow, resolution: Resolution): Promise<EditResult<void>> => {
    const result = await resolve(context, tx, row, resolution);
    await tx.put("conflicts", { ...row, resolvedMs: context.correctedNow() });
    // The list of conflicts looks different, whatever became of the record.
    return { ...result, changedIds: [row.recordId] };
  };
  return {
    list,
    get: async (id) => toEntry(await read(id)),
    async resolve(id, resolution) {
      const { dataType } = await read(id);
      await edits.run(dataType, async (tx) => {
        const row = await tx.get("conflicts", id);
        if (row === undefined || row.resolvedMs !== null) throw new SyncError("CONFLICT_NOT_FOUND");
        return await end(tx, row, resolution);
      });
    },
    async resolveMany(ids, side) {
      let resolved = 0;
      for (let at = 0; at < ids.length; at += conflictsPerStep) {
        const step = ids.slice(at, at + conflictsPerStep);
        const rows = await context.store.read(["conflicts"], async (tx) => await tx.getMany("conflicts", step));
        const byType = Map.groupBy(
          rows.filter((row) => row !== undefined),
          ({ dataType }) => dataType,
        );
        for (const [dataType, of] of byType) {
          resolved += await edits.run(dataType, async (tx) => {
            const results: EditResult<void>[] = [];
            for (const { key } of of) {
              const row = await tx.get("conflicts", key);
              if (row !== undefined && row.resolvedMs === null) results.push(await end(tx, row, side));
            }
            return {
              value: results.length,
              changedIds: results.flatMap(({ changedIds }) => changedIds),
              events: results.flatMap(({ events = [] }) => events),
            };
          });
        }
      }
      return resolved;
    },
    subscribe(listener) {
      const show = (): void => {
        list()
          .then(listener)
          .catch((error: unknown) => context.events.report(error));
      };
      show();
      return context.events.on(({ type }) => {
        if (type === "conflict" || type === "change") show();
      });
    },
  };
}

async function resolve(
  context: EngineContext,
  tx: WriteTransaction,
  row: ConflictRow,
  resolution: Resolution,
): Promise<EditResult<void>> {
  const { dataType, recordId } = row;
  if (typeof resolution === "object") {
    const given = "value" in resolution ? resolution.value : resolution.fields;
    const { id: _, ...fields } = readFields(given) as JsonObject & { id?: unknown };
    const isPatch = "fields" in resolution;
    const isThere = isPatch && (await tx.get("views", recordKey(dataType, recordId))) !== undefined;
    const edit: EditInput = isThere
      ? { recordId, fields, mode: "patch" }
      : { recordId, fields: isPatch ? { ...row.merged, ...fields } : fields, mode: "replace" };
    const { events } = await editRecord(context, tx, dataType, edit);
    await release(tx, dataType, recordId);
    return { value: undefined, changedIds: [recordId], events };
  }
  switch (row.kind) {
    case "fields":
    case "edit_kept":
      await takeSide(context, tx, row, resolution === "local" ? row.local : row.remote);
      break;
    case "unreadable":
    case "refused":
      if (resolution === "local") await release(tx, dataType, recordId);
      else await discardEdit(context, tx, dataType, recordId);
      break;
    case "set_aside":
      if (resolution === "local" && row.local !== null) {
        await editRecord(context, tx, dataType, { recordId, fields: row.local, mode: "replace", isOld: true });
      }
      break;
    case "proposed_again":
      if (resolution === "remote") await deleteRecords(context, tx, dataType, [recordId], true);
      break;
  }
  return { value: undefined, changedIds: [recordId] };
}

/** Only the fields that clash: what was edited since in other fields stays. */
async function takeSide(
  context: EngineContext,
  tx: WriteTransaction,
  row: ConflictRow,
  side: JsonObject | null,
): Promise<void> {
  const { dataType, recordId, kind, clashes } = row;
  if (side === null) {
    await deleteRecords(context, tx, dataType, [recordId], true);
    return;
  }
  const view = await tx.get("views", recordKey(dataType, recordId));
  if (kind === "edit_kept" || view === undefined) {
    await editRecord(context, tx, dataType, { recordId, fields: side, mode: "replace" });
    return;
  }
  const fields = Object.fromEntries(clashes.map((name) => [name, side[name] ?? null]));
  await editRecord(context, tx, dataType, { recordId, fields, mode: "patch" });
}

/** An edit that was held goes out. */
async function release(tx: WriteTransaction, dataType: string, recordId: string): Promise<void> {
  const key = recordKey(dataType, recordId);
  const outbox = await tx.get("outbox", key);
  if (outbox !== undefined && outbox.held !== "deletions") await tx.put("outbox", { ...outbox, held: null });
}

/** An edit that was held is given up: the record looks as the server has it, where that can be read. */
async function discardEdit(
  context: EngineContext,
  tx: WriteTransaction,
  dataType: string,
  recordId: string,
): Promise<void> {
  const key = recordKey(dataType, recordId);
  await tx.delete("outbox", key);
  const known = await tx.get("records", key);
  const content = known === undefined ? null : openKnown(unlockedKeys(context, dataType), known);
  if (content?.kind === "put") await tx.put("views", viewOf(typeOf(context, dataType), recordId, content));
  else if (known === undefined || known.kind === "tombstone") await tx.delete("views", key);
}

const toEntry = (row: ConflictRow): ConflictEntry => ({
  id: row.key,
  dataType: row.dataType,
  recordId: row.recordId,
  kind: row.kind,
  base: present(row.base),
  local: present(row.local),
  remote: present(row.remote),
  proposed: present(row.merged),
  fields: row.clashes,
  remoteDeviceId: row.remoteDeviceId,
  sinceMs: row.sinceMs,
});

const present = (fields: JsonObject | null): JsonObject | null => (fields === null ? null : presentFields(fields));
