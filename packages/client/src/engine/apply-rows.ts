import { type CollectionKeyring, type Content, hashEnvelope, readHeader, type Stamp } from "@owlivion/sync-crypto";
import type { DataType } from "../data-types/data-type.ts";
import { isSameRecord, naturalKeyOf } from "../data-types/natural-key.ts";
import type { SyncEvent } from "../events/sync-event.ts";
import { defaultMergePolicy } from "../merge/merge-values.ts";
import { type RecordValue, toPutContent } from "../merge/record-value.ts";
import { compareOptionalStamps, newerStamp, newestStamp } from "../merge/stamp.ts";
import { type MarkRow, type OutboxRow, recordKey, type RecordRow, type ViewRow } from "../store/rows.ts";
import type { WriteTransaction } from "../store/store.ts";
import type { CollectionLedger } from "./collection-ledger.ts";
import { observeStamp } from "./device-clock.ts";
import { equalBytes } from "./equal-bytes.ts";
import { judgeRemote, type RemoteContext } from "./judge-remote.ts";
import { writeJournal } from "./journal.ts";
import { openKnown } from "./open-known.ts";
import type { OpenedRow } from "./open-rows.ts";
import { engineEdit, engineOutboxRow, noStamp } from "./outbox-row.ts";
import { type PendingEdit, reconcileRecord } from "./reconcile-record.ts";
import { findSlot, isFree } from "./record-slots.ts";
import { viewOf } from "./view-row.ts";

/** The tables that applying touches. */
export const appliedTables = ["records", "views", "outbox", "marks", "collections", "conflicts", "meta"] as const;

export interface ApplyInput {
  readonly tx: WriteTransaction;
  readonly keys: CollectionKeyring;
  readonly ledger: CollectionLedger;
  readonly type: DataType;
  readonly remote: RemoteContext;
  readonly nowMs: number;
  /** A fresh id for each journal entry. */
  readonly newId: () => string;
  /** For a record that has no natural key. */
  readonly newRecordId: () => string;
  /** Incoming deletions that nobody confirmed may be applied up to this number; the rest is staged. */
  readonly allowedDeletions: number;
}

export interface AppliedRows {
  readonly changedIds: readonly string[];
  readonly events: readonly SyncEvent[];
  readonly deletions: number;
  /** What contradicts this device's memory; nothing of it was taken over. */
  readonly violations: readonly { readonly recordId: string; readonly problem: string }[];
}

interface Loaded {
  readonly known: RecordRow | undefined;
  readonly pending: OutboxRow | undefined;
  readonly mark: MarkRow | undefined;
}

/**
 * Takes rows of the server over, within one transaction: judges each against what is here, merges it with what waits to be
 * pushed, and keeps what cannot be opened or believed apart. Applying a page twice is applying it once.
 */
export async function applyRows(input: ApplyInput, rows: readonly OpenedRow[]): Promise<AppliedRows> {
  const application = new Application(input);
  const loaded = await load(input, rows);
  for (const [i, row] of rows.entries()) await application.apply(row, loaded[i]!);
  return application.finish();
}

async function load({ tx, type }: ApplyInput, rows: readonly OpenedRow[]): Promise<Loaded[]> {
  const keys = rows.map(({ row }) => recordKey(type.name, row.recordId));
  const prefix = `${type.name}/`;
  const known = await tx.getMany("records", keys);
  const hasPending = (await tx.scan("outbox", { prefix, limit: 1 })).length > 0;
  const hasMarks = (await tx.scan("marks", { prefix, limit: 1 })).length > 0;
  const pending = hasPending ? await tx.getMany("outbox", keys) : [];
  const marks = hasMarks ? await tx.getMany("marks", keys) : [];
  return keys.map((_, i) => ({ known: known[i], pending: pending[i], mark: marks[i] }));
}

/**
 * What this device only sends again for the server's sake gives way to what was made on top of it. A higher revision alone does
 * not say that: it may stand on what the server had left.
 */
function isSuperseded(opened: OpenedRow, pending: OutboxRow | undefined): boolean {
  if (pending === undefined || pending.edit !== engineEdit || pending.sealed === null) return false;
  if (opened.rev !== readHeader(pending.sealed).rev + 1 || opened.prevHash === null) return false;
  return equalBytes(opened.prevHash, hashEnvelope(pending.sealed));
}

/** A deletion that nobody sealed, and that the person has not accepted. */
const isUnsealedDeletion = (known: RecordRow | undefined): boolean =>
  known?.kind === "tombstone" && known.envelope === null;

const newestOf = (content: Content): Stamp | undefined =>
  content.kind === "put" ? newestStamp(content.stamps) : content.stamp;

function prevHashOf({ envelope }: RecordRow): Uint8Array | null {
  try {
    return envelope === null ? null : readHeader(envelope).prevHash;
  } catch {
    // Nobody could open it either.
    return null;
  }
}

/** Whether what is here may be another record than the one that arrives: both were made without knowing of the other. */
function isMadeApart({ known, mark }: Loaded, isRival: boolean): boolean {
  if (isRival || known === undefined) return mark?.kind !== "unreadable";
  return known.kind === "tombstone" && !isUnsealedDeletion(known);
}

/** A local record that gives its id to another one. */
interface Move {
  readonly from: string;
  readonly value: RecordValue;
  readonly pending: OutboxRow | undefined;
  readonly deviceId: string;
}

class Application {
  readonly #input: ApplyInput;
  readonly #changedIds: string[] = [];
  readonly #events: SyncEvent[] = [];
  readonly #violations: { recordId: string; problem: string }[] = [];
  readonly #views: ViewRow[] = [];
  readonly #records: RecordRow[] = [];
  readonly #moves: Move[] = [];
  #newestStamp: Stamp | undefined;
  #deletions = 0;
  #staged = { many: 0, unsealed: 0 };

  constructor(input: ApplyInput) {
    this.#input = input;
  }

  async apply(opened: OpenedRow, { known, pending, mark }: Loaded): Promise<void> {
    const { row, trouble } = opened;
    if (trouble !== null) return await this.#quarantine(opened, { known, pending, mark });
    if (opened.content === null) return await this.#applyUnsealed(opened, { known, pending, mark });

    const { content } = opened;
    const { version, changedAt } = row;
    const isUnreadable = mark?.kind === "unreadable";
    // What was there before it could not be opened.
    const view = isUnreadable ? await this.#input.tx.get("views", this.#key(opened)) : undefined;
    const isOlder = () => known !== undefined && this.#isOlder(content, known, view);
    const isUndated = newestOf(content) === undefined;
    const arriving = { version, changedAt, header: opened, hash: opened.hash!, isOlder, isUndated };
    const isIntact = () => known !== undefined && this.#isIntact(known);
    const isProposed = known?.version === 0 && pending !== undefined;
    const judgement = judgeRemote(
      known === undefined ? null : { ...known, prevHash: prevHashOf(known), isUnreadable, isProposed, isIntact },
      arriving,
      this.#input.remote,
    );
    switch (judgement) {
      case "late":
        return;
      case "same":
        return await this.#applySame(opened, { known, pending, mark });
      case "lost":
        return await this.#keepLost(opened, { known, pending, mark });
      case "replayed":
      case "forked":
      case "unlinked":
        this.#violations.push({ recordId: row.recordId, problem: judgement });
        // It stays as it is, and is not taken for absent either.
        this.#records.push({ ...known!, generation: this.#generation });
        return;
      case "apply":
      case "rival":
        return await this.#merge(opened, { known, pending, mark }, judgement === "rival");
    }
  }

  async finish(): Promise<AppliedRows> {
    const { tx, nowMs, type } = this.#input;
    if (this.#records.length > 0) await tx.put("records", ...this.#records);
    if (this.#views.length > 0) await tx.put("views", ...this.#views);
    for (const move of this.#moves) await this.#moveAway(move);
    await observeStamp(tx, this.#newestStamp, nowMs);
    for (const reason of ["many", "unsealed"] as const) {
      const count = this.#staged[reason];
      if (count > 0) this.#events.push({ type: "deletions_staged", dataType: type.name, count, reason });
    }
    return {
      changedIds: this.#changedIds,
      events: this.#events,
      deletions: this.#deletions,
      violations: this.#violations,
    };
  }

  get #generation(): number {
    return this.#input.ledger.row.generation;
  }

  /** What arrives is what is here. After a resync that had hidden it, or a deletion nobody sealed, it is there again. */
  async #applySame(opened: OpenedRow, loaded: Loaded): Promise<void> {
    const { known, mark } = loaded;
    const isBack = mark?.kind === "unconfirmed" || mark?.kind === "unreadable" || known?.kind !== opened.row.kind;
    if (isBack) return await this.#merge(opened, loaded, false);
    this.#acknowledge(opened, known);
  }

  async #merge(opened: OpenedRow, { known, pending, mark }: Loaded, isRival: boolean): Promise<void> {
    const { type } = this.#input;
    const { row, content } = opened;
    const key = this.#key(opened);
    if (content === null) return;
    this.#newestStamp = newerStamp(this.#newestStamp, newestOf(content));

    const local = isSuperseded(opened, pending) ? null : await this.#localEdit(key, known, pending, isRival);
    const base = isRival || known === undefined ? null : this.#openKnown(known);
    const mayBeAnother = base === null && isMadeApart({ known, pending, mark }, isRival);
    if (mayBeAnother && local?.kind === "put" && content.kind === "put" && !this.#isSameRecord(local.value, content)) {
      this.#moves.push({ from: row.recordId, value: local.value, pending, deviceId: row.deviceId });
      this.#acknowledge(opened, known);
      if (mark !== undefined) await this.#clearMark(mark, row.recordId);
      return this.#show(row.recordId, content);
    }
    const policy = type.merge ?? defaultMergePolicy;
    const { visible, pending: left, journal } = reconcileRecord({ base, pending: local, remote: content, policy });

    const isDeletion = visible === null && local === null;
    if (isDeletion && content.kind === "tombstone" && (await this.#mustStage(key, content.confirmation))) {
      await this.#stage(opened, known, "many");
      return;
    }
    this.#acknowledge(opened, known);
    if (mark !== undefined) await this.#clearMark(mark, row.recordId);
    if (visible !== null) this.#show(row.recordId, visible);
    else if (known !== undefined || local !== null) await this.#hide(row.recordId, key);
    await this.#leavePending(opened, pending, left, isRival ? known : undefined);
    // Something new at the place of a deletion that this device never knew: nobody deleted what it says.
    const isNewHere = known === undefined && content.kind === "tombstone";
    if (journal !== null && !isNewHere) await this.#writeJournal(opened, journal);
  }

  /** What this device wants to say about the record; after a cut, also what the server has lost of it. */
  async #localEdit(
    key: string,
    known: RecordRow | undefined,
    pending: OutboxRow | undefined,
    isRival: boolean,
  ): Promise<PendingEdit | null> {
    if (pending?.kind === "delete") return { kind: "delete" };
    if (pending === undefined && !isRival) return null;
    if (pending === undefined && known?.kind === "tombstone" && !isUnsealedDeletion(known)) return { kind: "delete" };
    const view = await this.#input.tx.get("views", key);
    if (view !== undefined) return { kind: "put", value: view };
    // Without a view: sealed at a sign-out, which another tab is at just now.
    const edited = pending?.sealed == null ? known : { recordId: pending.recordId, envelope: pending.sealed };
    const value = edited === undefined ? null : this.#openKnown(edited);
    return value === null ? null : { kind: "put", value };
  }

  #isIntact(known: RecordRow): boolean {
    if (known.envelope === null || known.hash === null) return false;
    if (openKnown(this.#input.keys, known) === null) return false;
    return equalBytes(known.hash, hashEnvelope(known.envelope)) && readHeader(known.envelope).rev === known.rev;
  }

  /** Whether nothing of what arrives was written after what is here. */
  #isOlder(arriving: Content, known: RecordRow, view: ViewRow | undefined): boolean {
    const own: Content | null = openKnown(this.#input.keys, known) ?? (view === undefined ? null : toPutContent(view));
    if (own === null) return false;
    if (own.kind === "tombstone") return compareOptionalStamps(newestOf(arriving), own.stamp) <= 0;
    if (arriving.kind === "tombstone") return compareOptionalStamps(arriving.stamp, newestOf(own)) <= 0;
    return Object.keys(arriving.fields).every(
      (name) => name in own.fields && compareOptionalStamps(arriving.stamps[name], own.stamps[name]) <= 0,
    );
  }

  /** The acknowledged content that an edit was made on. */
  #openKnown(known: Pick<RecordRow, "recordId" | "envelope">): RecordValue | null {
    const content = openKnown(this.#input.keys, known);
    return content?.kind === "put" ? content : null;
  }

  #isSameRecord(a: RecordValue, b: RecordValue): boolean {
    return isSameRecord(this.#input.type, a.fields, b.fields);
  }

  /**
   * Two records made apart under one natural key that are not one: ours goes to an id of its own. After all rows: the id that
   * is free now may be what another of them takes.
   */
  async #moveAway({ from, value, pending, deviceId }: Move): Promise<void> {
    const { tx, keys, type, nowMs } = this.#input;
    const naturalKey = naturalKeyOf(type, value.fields);
    const slot =
      naturalKey === null
        ? null
        : await findSlot(tx, keys, naturalKey, (each) => each.recordId !== from && isFree(each));
    const { key, recordId } = slot ?? this.#randomPlace();
    if (pending !== undefined) await tx.delete("outbox", pending.key);
    const row = pending ?? engineOutboxRow({ key, recordId }, "put", null, nowMs, noStamp(deviceId));
    await tx.put("outbox", { ...row, key, recordId, sealed: null });
    await tx.put("views", viewOf(type, recordId, value));
    this.#changedIds.push(recordId);
    this.#events.push({ type: "moved", dataType: type.name, from, to: recordId });
  }

  async #leavePending(
    opened: OpenedRow,
    pending: OutboxRow | undefined,
    left: "put" | "delete" | null,
    lost: RecordRow | undefined,
  ): Promise<void> {
    const { tx, nowMs } = this.#input;
    const key = this.#key(opened);
    if (left === null) {
      if (pending !== undefined) await tx.delete("outbox", key);
      return;
    }
    if (pending !== undefined) {
      const held = pending.held === "unreadable" ? null : pending.held;
      return await tx.put("outbox", { ...pending, kind: left, sealed: null, held });
    }
    if (lost === undefined) return;
    const { recordId, deviceId } = opened.row;
    await tx.put("outbox", engineOutboxRow({ key, recordId }, left, null, nowMs, noStamp(deviceId)));
  }

  /** The server lost what is here: it is sent again, byte for byte, on top of what the server has. */
  async #keepLost(opened: OpenedRow, { known, pending, mark }: Loaded): Promise<void> {
    const { tx, nowMs } = this.#input;
    if (known === undefined || isUnsealedDeletion(known)) {
      return await this.#merge(opened, { known, pending, mark }, true);
    }
    this.#acknowledge(opened, known);
    if (mark?.kind === "unconfirmed") {
      await this.#clearMark(mark, known.recordId);
      const value = this.#openKnown(known);
      if (value !== null && pending === undefined) this.#show(known.recordId, value);
    }
    if (pending !== undefined) return;
    const kind = known.kind === "put" ? "put" : "delete";
    await tx.put("outbox", engineOutboxRow(known, kind, known.envelope, nowMs, noStamp(known.deviceId)));
    this.#events.push({ type: "proposed_again", dataType: this.#input.type.name, count: 1 });
  }

  /** Failure is not absence: what was visible stays, and nothing is put over what cannot be read. */
  async #quarantine(opened: OpenedRow, { known, pending, mark }: Loaded): Promise<void> {
    const { tx, nowMs, type } = this.#input;
    const { row, hash, trouble } = opened;
    if (known !== undefined && row.version <= known.version && known.hash !== null) {
      this.#records.push({ ...known, generation: this.#generation });
      return;
    }
    const key = this.#key(opened);
    this.#records.push(
      this.#input.ledger.replace(known, {
        ...this.#rowOf(opened),
        hash,
        // Not what it claims: a next one that can be opened would look like a replay.
        rev: known?.rev ?? 0,
      }),
    );
    if (mark?.kind !== "unreadable") {
      const reason = trouble ?? "unknown";
      await tx.put("marks", { key, recordId: row.recordId, kind: "unreadable", reason, sinceMs: nowMs });
      this.#events.push({ type: "unreadable", dataType: type.name, recordId: row.recordId, reason });
    }
    if (pending !== undefined) await this.#holdUnreadable(opened, pending);
    this.#changedIds.push(row.recordId);
  }

  async #holdUnreadable(opened: OpenedRow, pending: OutboxRow): Promise<void> {
    const { tx } = this.#input;
    await tx.put("outbox", { ...pending, held: "unreadable", sealed: null });
    const view = await tx.get("views", pending.key);
    const local = view?.fields ?? null;
    await this.#writeJournal(opened, {
      kind: "unreadable",
      base: null,
      local,
      remote: null,
      merged: local,
      clashes: [],
    });
  }

  /** A deletion without an envelope: only a person may say that it is meant. */
  async #applyUnsealed(opened: OpenedRow, { known, pending, mark }: Loaded): Promise<void> {
    const { row } = opened;
    // What is hidden until something proves that it was deleted stays so: this proves nothing.
    if (known !== undefined && (row.version <= known.version || mark?.kind === "unconfirmed")) {
      this.#records.push({ ...known, generation: this.#generation });
      return;
    }
    const view = pending === undefined ? await this.#input.tx.get("views", this.#key(opened)) : undefined;
    if (view === undefined) {
      if (mark !== undefined) await this.#clearMark(mark, row.recordId);
      return this.#acknowledge(opened, known);
    }
    await this.#stage(opened, known, "unsealed");
  }

  async #mustStage(key: string, confirmation: string | null): Promise<boolean> {
    if ((await this.#input.tx.get("views", key)) === undefined) return false;
    if (confirmation !== null) return false;
    this.#deletions += 1;
    return this.#deletions > this.#input.allowedDeletions;
  }

  async #stage(opened: OpenedRow, known: RecordRow | undefined, reason: "many" | "unsealed"): Promise<void> {
    const { tx, nowMs } = this.#input;
    const { recordId } = opened.row;
    this.#acknowledge(opened, known);
    await tx.put("marks", { key: this.#key(opened), recordId, kind: "staged", reason, sinceMs: nowMs });
    this.#staged[reason] += 1;
    this.#changedIds.push(recordId);
  }

  #acknowledge(opened: OpenedRow, known: RecordRow | undefined): void {
    const isUnsealed = opened.hash === null;
    // The next envelope continues the last one that was sealed.
    const hash = isUnsealed ? (known?.hash ?? null) : opened.hash;
    const rev = isUnsealed ? (known?.rev ?? 0) : opened.rev;
    this.#records.push(this.#input.ledger.replace(known, { ...this.#rowOf(opened), hash, rev }));
  }

  #rowOf({ row }: OpenedRow): Omit<RecordRow, "hash" | "rev" | "isCounted"> {
    const { recordId, kind, version, envelope, changedAt, deviceId } = row;
    return {
      key: recordKey(this.#input.type.name, recordId),
      recordId,
      kind,
      version,
      envelope,
      changedAt,
      deviceId,
      generation: this.#generation,
    };
  }

  #show(recordId: string, value: RecordValue): void {
    this.#views.push(viewOf(this.#input.type, recordId, value));
    this.#changedIds.push(recordId);
  }

  #randomPlace(): { key: string; recordId: string } {
    const recordId = this.#input.newRecordId();
    return { key: recordKey(this.#input.type.name, recordId), recordId };
  }

  async #hide(recordId: string, key: string): Promise<void> {
    await this.#input.tx.delete("views", key);
    this.#changedIds.push(recordId);
  }

  async #clearMark(mark: MarkRow, recordId: string): Promise<void> {
    await this.#input.tx.delete("marks", mark.key);
    if (mark.kind !== "staged") this.#events.push({ type: "healed", dataType: this.#input.type.name, recordId });
  }

  async #writeJournal(opened: OpenedRow, draft: Parameters<typeof writeJournal>[1]): Promise<void> {
    const { tx, type, nowMs, newId } = this.#input;
    const { recordId, deviceId } = opened.row;
    const place = { dataType: type.name, recordId, remoteDeviceId: deviceId, nowMs, id: newId() };
    const conflict = await writeJournal(tx, draft, place);
    if (conflict !== null) this.#events.push({ type: "conflict", conflict });
  }

  #key({ row }: OpenedRow): string {
    return recordKey(this.#input.type.name, row.recordId);
  }
}
