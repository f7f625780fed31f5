import { type CollectionKeyring, type Content, type JsonObject, type Stamp } from "@owlivion/sync-crypto";
import { judgeRemote } from "../../../../packages/client/src/engine/judge-remote.ts";
import { type PendingChange, planPush, type WireChange } from "../../../../packages/client/src/engine/plan-push.ts";
import { type JournalDraft, reconcileRecord } from "../../../../packages/client/src/engine/reconcile-record.ts";
import { judgeUnseen } from "../../../../packages/client/src/engine/sweep.ts";
import { editValue } from "../../../../packages/client/src/merge/edit-value.ts";
import { type ClockState, clockStart, observe, tick } from "../../../../packages/client/src/merge/hybrid-clock.ts";
import { mergeValues } from "../../../../packages/client/src/merge/merge-values.ts";
import type { RecordValue } from "../../../../packages/client/src/merge/record-value.ts";
import type { OutboxRow, RecordRow } from "../../../../packages/client/src/store/rows.ts";
import { canonicalJson } from "@owlivion/sync-crypto";
import { openFake } from "./fake-envelope.ts";
import type { FakePage, FakePush, Reply, Standing } from "./planner-server.ts";
import { hold } from "./violation.ts";

/** What a harness breaks on purpose, to see that the oracles notice. */
export type Defect = "forgets the journal" | "drops lost batches" | "applies late pages" | "settles newer edits";

export interface DeviceOptions {
  readonly id: string;
  readonly policy: "ask" | "newer";
  readonly keys: CollectionKeyring;
  readonly defect: Defect | null;
}

interface InFlight extends FakePush {
  readonly entries: readonly { readonly recordId: string; readonly edit: number }[];
}

interface Known extends RecordRow {
  readonly content: Content | null;
}

/** A device's tables as maps, moved by the production decisions in the order in which the engine takes them. */
export class PlannerDevice {
  readonly id: string;
  readonly views = new Map<string, RecordValue>();
  readonly journal: JournalDraft[] = [];
  readonly outbox = new Map<string, OutboxRow>();
  readonly known = new Map<string, Known>();
  cursor = 0;
  /** Grows with each resync: what was asked for before it is not taken after it. */
  generation = 0;
  #horizon = 0;
  readonly #options: DeviceOptions;
  #clock: ClockState = clockStart;
  #nowMs = 1_000_000;
  #edits = 0;
  #batches = 0;
  #inFlight: InFlight | null = null;

  constructor(options: DeviceOptions) {
    this.id = options.id;
    this.#options = options;
  }

  edit(recordId: string, fields: JsonObject, leadMs: number): void {
    const before = this.views.get(recordId) ?? null;
    const stamp = this.#stamp(leadMs);
    const after = editValue(before, fields, "patch", stamp, 1);
    if (after === before) return;
    this.views.set(recordId, after);
    this.#putOutbox(recordId, "put", stamp);
  }

  delete(recordId: string): void {
    if (!this.views.has(recordId)) return;
    this.views.delete(recordId);
    const known = this.known.get(recordId);
    const isInFlight = this.#inFlight?.entries.some((entry) => entry.recordId === recordId) === true;
    if (known?.kind !== "put" && !isInFlight) {
      // Nobody else has ever seen it, or all have seen it deleted.
      this.outbox.delete(recordId);
      if (known === undefined || known.envelope !== null) return;
    }
    this.#putOutbox(recordId, "delete", this.#stamp(0));
  }

  /** The batch in flight, the same bytes under the same key, or a new one; null: nothing is to send. */
  batch(): InFlight | null {
    if (this.#inFlight !== null) return this.#inFlight;
    const pending = [...this.outbox.values()].map((outbox): PendingChange => ({
      outbox,
      known: this.known.get(outbox.recordId),
      view: this.#viewOf(outbox.recordId),
    }));
    const { changes, entries, empty } = planPush(this.#options.keys, this.id, pending, noRandom);
    hold(empty.length === 0, "C-I6", () => `${this.id} has an edit of nothing`);
    if (changes.length === 0) return null;
    this.#inFlight = { key: `${this.id} ${(this.#batches += 1)}`, changes, cursor: this.cursor, entries };
    return this.#inFlight;
  }

  loseBatch(): void {
    if (this.#options.defect !== "drops lost batches" || this.#inFlight === null) return;
    for (const { recordId } of this.#inFlight.entries) this.outbox.delete(recordId);
    this.#inFlight = null;
  }

  /** The batch is refused as a whole; its edits are still in the outbox. */
  dropBatch(): void {
    this.#inFlight = null;
  }

  settle(batch: InFlight, { outcomes, currents, delta }: Reply): void {
    this.#inFlight = null;
    for (const [i, outcome] of outcomes.entries()) {
      const [change, entry] = [batch.changes[i]!, batch.entries[i]!];
      if (outcome.status !== "conflict") this.#acknowledge(change, entry, outcome);
      else if (currents[i] === null) this.#detach(change.record_id);
      else checkConflict(change, currents[i]!);
    }
    // The cursor is too old: the next pull brings everything again.
    if (delta === null) return;
    const met = currents.filter((current) => current !== null);
    const isDoubtful = [...met, ...delta.rows].map((row) => this.#apply(row, "reply")).includes("in doubt");
    if (!isDoubtful) this.#moveTo(delta.next);
  }

  /** Rows and cursor together, or a crash and neither. */
  applyPage({ rows, next, horizon }: FakePage): void {
    this.#horizon = horizon;
    for (const row of rows) this.#apply(row, "page");
    this.#moveTo(next);
  }

  /** A page that comes once more, after others. */
  applyLate({ rows }: Pick<FakePage, "rows">): void {
    for (const row of rows) this.#apply(row, "page");
  }

  /** Everything anew, tombstones too; then what is here and was not offered. */
  resync(page: FakePage): void {
    const offered = new Set(page.rows.map(({ recordId }) => recordId));
    this.#horizon = page.horizon;
    this.generation += 1;
    for (const row of page.rows) this.#apply(row, "resync");
    const walk = { cause: "expired", cutVersion: null, startHead: page.head } as const;
    for (const [recordId, known] of this.known) {
      if (offered.has(recordId) || known.version === 0) continue;
      const outcome = judgeUnseen(known, walk, this.outbox.has(recordId));
      if (outcome === "keep") continue;
      if (outcome === "forget") this.known.delete(recordId);
      else this.#detach(recordId);
      // Nothing of an honest server proves it: it was deleted.
      if (outcome === "unconfirm") this.views.delete(recordId);
    }
    this.cursor = page.head;
  }

  get hasBatch(): boolean {
    return this.#inFlight !== null;
  }

  get isIdle(): boolean {
    return this.outbox.size === 0 && this.#inFlight === null;
  }

  #moveTo(cursor: number): void {
    hold(cursor >= this.cursor, "C-I1", () => `${this.id}: the cursor goes back from ${this.cursor} to ${cursor}`);
    this.cursor = cursor;
  }

  #stamp(leadMs: number): Stamp {
    this.#nowMs += 10;
    const { state, stamp } = tick(this.#clock, this.#nowMs + leadMs, this.id);
    this.#clock = state;
    return stamp;
  }

  #putOutbox(recordId: string, kind: "put" | "delete", stamp: Stamp): void {
    const row = { key: recordId, recordId, kind, edit: (this.#edits += 1), editedAtMs: this.#nowMs, stamp };
    this.outbox.set(recordId, { ...row, sealed: null, held: null, confirmation: null });
  }

  #viewOf(recordId: string) {
    const value = this.views.get(recordId);
    return value === undefined ? undefined : { key: recordId, recordId, ...value, problem: null };
  }

  #acknowledge(
    change: WireChange,
    { recordId, edit }: { recordId: string; edit: number },
    { status, version }: { status: "applied" | "unchanged"; version: number },
  ): void {
    const isNewest = this.outbox.get(recordId)?.edit === edit || this.#options.defect === "settles newer edits";
    if (isNewest) this.outbox.delete(recordId);
    const known = this.known.get(recordId);
    if (known !== undefined && known.version > version) return;
    this.#remember(recordId, version, change.encrypted_record, this.id);
    // A deletion of what was deleted already: whose tombstone stands there, a later page may tell.
    if (change.change_type === "delete" && status === "unchanged") {
      this.known.set(recordId, { ...this.known.get(recordId)!, envelope: null, hash: null });
    }
  }

  /** Nothing stands there any more: what is pending goes out as something new. */
  #detach(recordId: string): void {
    const known = this.known.get(recordId);
    if (known !== undefined) this.known.set(recordId, { ...known, version: 0 });
  }

  #remember(recordId: string, version: number, envelope: Uint8Array, deviceId: string): void {
    const before = this.known.get(recordId)?.version ?? 0;
    hold(version >= before, "C-I3", () => `${this.id}: ${recordId} goes back from ${before} to ${version}`);
    const { header, hash, content } = openFake(envelope);
    this.known.set(recordId, {
      key: recordId,
      recordId,
      kind: content.kind,
      version,
      envelope,
      hash,
      rev: header.rev,
      changedAt: "",
      deviceId,
      generation: 0,
      isCounted: true,
      content,
    });
  }

  #apply(row: Standing, way: "page" | "reply" | "resync"): "taken" | "in doubt" {
    const known = this.known.get(row.recordId) ?? null;
    const { header, hash, content } = openFake(row.envelope);
    const walk = way === "resync" ? { cause: "expired" as const, cutVersion: null } : null;
    const arriving = { version: row.version, header, hash };
    const judged = judgeRemote(known, arriving, { horizon: this.#horizon, walk });
    if (judged === "late" && this.#options.defect !== "applies late pages") return "taken";
    const isTaken = judged === "apply" || judged === "same" || judged === "late";
    // A reply has no horizon: what looks like a replay may be a record begun anew. The next page tells.
    if (!isTaken && way === "reply") return "in doubt";
    hold(isTaken, "E-I3", () => `${this.id}: an honest server's ${row.recordId} at ${row.version} is ${judged}`);
    if (judged === "same") {
      if (row.version > known!.version) this.known.set(row.recordId, { ...known!, version: row.version });
      return "taken";
    }
    this.#reconcile(row, known?.content ?? null, content);
    this.#remember(row.recordId, row.version, row.envelope, row.deviceId);
    return "taken";
  }

  #reconcile({ recordId }: Standing, before: Content | null, remote: Content): void {
    const stamps = remote.kind === "put" ? Object.values(remote.stamps) : [remote.stamp];
    for (const stamp of stamps) this.#clock = observe(this.#clock, stamp, this.#nowMs);
    const outbox = this.outbox.get(recordId);
    const base = before?.kind === "put" ? before : null;
    const policy = { default: this.#options.policy };
    const value = this.views.get(recordId);
    const pending =
      outbox === undefined
        ? null
        : outbox.kind === "delete"
          ? { kind: "delete" as const }
          : { kind: "put" as const, value: value! };
    if (pending?.kind === "put" && remote.kind === "put") checkMerge(base, pending.value, remote, policy);
    const reconciled = reconcileRecord({ base, pending, remote, policy });
    if (reconciled.visible === null) this.views.delete(recordId);
    else this.views.set(recordId, reconciled.visible);
    if (reconciled.journal !== null && this.#options.defect !== "forgets the journal") {
      this.journal.push(reconciled.journal);
    }
    if (reconciled.pending === null) this.outbox.delete(recordId);
    else this.#putOutbox(recordId, reconciled.pending, outbox!.stamp);
  }
}

const noRandom = (bytes: number): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);

function checkConflict({ record_id: recordId, encrypted_record: sent }: WireChange, { envelope }: Standing): void {
  const isOwn = Buffer.from(envelope).equals(sent);
  hold(!isOwn, "S-I6", () => `${recordId} conflicts with the very change that was sent`);
}

/** C-I11: exchanging the sides gives the same bytes, and merging once more changes nothing. */
function checkMerge(
  base: RecordValue | null,
  a: RecordValue,
  b: RecordValue,
  policy: { default: "ask" | "newer" },
): void {
  const textOf = ({ schema, fields, stamps }: RecordValue) =>
    canonicalJson([schema, fields, JSON.parse(JSON.stringify(stamps)) as JsonObject]);
  const ab = mergeValues(base, a, b, policy);
  const ba = mergeValues(base, b, a, policy);
  hold(textOf(ab.value) === textOf(ba.value), "C-I11", () => `${textOf(ab.value)} is not ${textOf(ba.value)}`);
  hold(String(ab.clashes) === String(ba.clashes), "C-I11", () => "the sides are asked about different fields");
  const again = mergeValues(base, ab.value, b, policy);
  hold(textOf(again.value) === textOf(ab.value), "C-I9", () => `merged once more: ${textOf(again.value)}`);
}
