import { hashEnvelope, type JsonObject } from "@owlivion/sync-crypto";
import { presentFields } from "../data-types/data-type.ts";
import { deleteRecords } from "../engine/delete-records.ts";
import { type Edited, editRecord } from "../engine/edit-record.ts";
import { type EngineContext, typeOf, unlockedKeys } from "../engine/engine-context.ts";
import { equalBytes } from "../engine/equal-bytes.ts";
import { isSyncError, SyncError } from "../errors.ts";
import type { SyncEvent } from "../events/sync-event.ts";
import { canonicalBytes } from "../merge/canonical-bytes.ts";
import { equalJson } from "../merge/equal-json.ts";
import { type OutboxRow, recordKey, type ViewRow } from "../store/rows.ts";
import type { ReadTransaction, WriteTransaction } from "../store/store.ts";
import type { EditResult, Edits } from "./edits.ts";
import type { Planned, RestoreChange, RestorePreview, RestoreResult, SkipReason } from "./restore-preview.ts";
import { withoutSecrets } from "./without-secrets.ts";

const rowsPerStep = 200;

/** Shows and writes a plan, some records at a time. */
export class Restore {
  readonly #context: EngineContext;
  readonly #edits: Edits;
  readonly #dataType: string;

  constructor(context: EngineContext, edits: Edits, dataType: string) {
    this.#context = context;
    this.#edits = edits;
    this.#dataType = dataType;
  }

  async *changes(plan: readonly Planned[]): AsyncGenerator<RestoreChange> {
    for (let at = 0; at < plan.length; at += rowsPerStep) {
      const step = plan.slice(at, at + rowsPerStep);
      const views = await readViews(this.#context, this.#dataType, step);
      for (const [i, planned] of step.entries()) {
        const { recordId, kind } = planned;
        const after = this.#pastOf(planned);
        const before = views[i] === undefined ? null : presentFields(views[i].fields);
        yield { recordId, kind, before, after };
      }
    }
  }

  async apply(
    plan: readonly Planned[],
    { signal, onProgress }: NonNullable<Parameters<RestorePreview["apply"]>[0]>,
  ): Promise<RestoreResult> {
    const skipped: { recordId: string; reason: SkipReason }[] = [];
    let applied = 0;
    for (let at = 0; at < plan.length; at += rowsPerStep) {
      if (signal?.aborted === true) throw new SyncError("CANCELLED");
      const step = plan.slice(at, at + rowsPerStep);
      const done = await this.#edits.run(this.#dataType, async (tx) => await this.#applyStep(tx, step));
      applied += done.applied;
      skipped.push(...done.skipped);
      onProgress?.(at + step.length, plan.length);
    }
    return { applied, skipped };
  }

  async #applyStep(tx: WriteTransaction, step: readonly Planned[]): Promise<EditResult<RestoreResult>> {
    const skipped: { recordId: string; reason: SkipReason }[] = [];
    const changedIds: string[] = [];
    const removedIds: string[] = [];
    const events: SyncEvent[] = [];
    const keys = step.map(({ recordId }) => recordKey(this.#dataType, recordId));
    const views = await tx.getMany("views", keys);
    const outbox = await tx.getMany("outbox", keys);
    for (const [i, planned] of step.entries()) {
      const { recordId } = planned;
      const fields = this.#pastOf(planned);
      if (isDone(views[i], fields)) continue;
      const reason = await whyNot(tx, keys[i]!, planned, views[i], outbox[i]);
      if (reason !== null) skipped.push({ recordId, reason });
      else if (fields === null) removedIds.push(recordId);
      else {
        const edited = await this.#write(tx, recordId, fields);
        if (edited === null) skipped.push({ recordId, reason: "too_large" });
        else {
          events.push(...edited.events);
          changedIds.push(recordId);
        }
      }
    }
    const { recordIds } = await deleteRecords(this.#context, tx, this.#dataType, removedIds, true);
    changedIds.push(...recordIds);
    return { value: { applied: changedIds.length, skipped }, changedIds, events };
  }

  /** Null: it does not fit into an envelope, which is told before anything is written. */
  async #write(tx: WriteTransaction, recordId: string, fields: JsonObject): Promise<Edited | null> {
    try {
      return await editRecord(this.#context, tx, this.#dataType, { recordId, fields, mode: "replace", isOld: true });
    } catch (error) {
      if (isSyncError(error, "RECORD_TOO_LARGE")) return null;
      throw error;
    }
  }

  /** What the record was. Opened anew each time: the plan holds nothing in plain. */
  #pastOf({ recordId, past }: Planned): JsonObject | null {
    if (past === null) return null;
    const { content } = unlockedKeys(this.#context, this.#dataType).open(recordId, past);
    return content.kind === "put" ? wanted(this.#context, this.#dataType, content.fields) : null;
  }
}

async function whyNot(
  tx: ReadTransaction,
  key: string,
  planned: Planned,
  view: ViewRow | undefined,
  outbox: OutboxRow | undefined,
): Promise<SkipReason | null> {
  if (!isSameHash(hashOf(view), planned.nowHash)) return "changed";
  if (outbox?.kind === "put" && view !== undefined) return "waiting";
  return (await tx.get("marks", key))?.kind === "unreadable" ? "unreadable" : null;
}

const isDone = (view: ViewRow | undefined, fields: JsonObject | null): boolean =>
  view === undefined || fields === null ? view === undefined && fields === null : isSameFields(view.fields, fields);

/** What an application sees of them is the same. */
export const isSameFields = (a: JsonObject, b: JsonObject): boolean => equalJson(presentFields(a), presentFields(b));

export const wanted = (context: EngineContext, dataType: string, fields: JsonObject): JsonObject =>
  withoutSecrets(typeOf(context, dataType), presentFields(fields)).fields;

export const hashOf = (view: ViewRow | undefined): Uint8Array | null =>
  view === undefined ? null : hashEnvelope(canonicalBytes(presentFields(view.fields)));

const isSameHash = (a: Uint8Array | null, b: Uint8Array | null): boolean =>
  a === null || b === null ? a === b : equalBytes(a, b);

export async function readViews(
  context: EngineContext,
  dataType: string,
  rows: readonly { readonly recordId: string }[],
): Promise<(ViewRow | undefined)[]> {
  const keys = rows.map(({ recordId }) => recordKey(dataType, recordId));
  return await context.store.read(["views"], async (tx) => await tx.getMany("views", keys));
}
