import { type CollectionKeyring, type Content, hashEnvelope, type JsonObject, type Stamp } from "@owlivion/sync-crypto";
import { judgeRemote } from "../../../../packages/client/src/engine/judge-remote.ts";
import { type PendingChange, planPush, type WireChange } from "../../../../packages/client/src/engine/plan-push.ts";
import { type JournalDraft, reconcileRecord } from "../../../../packages/client/src/engine/reconcile-record.ts";
import { editValue } from "../../../../packages/client/src/merge/edit-value.ts";
import { type ClockState, clockStart, observe, tick } from "../../../../packages/client/src/merge/hybrid-clock.ts";
import { mergeValues } from "../../../../packages/client/src/merge/merge-values.ts";
import type { RecordValue } from "../../../../packages/client/src/merge/record-value.ts";
import type { OutboxRow, RecordRow } from "../../../../packages/client/src/store/rows.ts";
import { canonicalJson } from "@owlivion/sync-crypto";
import { openFake } from "./fake-envelope.ts";
import type { FakePage, Reply, Standing } from "./planner-server.ts";
import { hold } from "./violation.ts";

/** What a harness breaks on purpose, to see that the oracles notice. */
export type Defect = "forgets the journal" | "drops lost batches" | "applies late pages" | "settles newer edits";

export interface DeviceOptions {
  readonly id: string;
  readonly policy: "ask" | "newer";
  readonly keys: CollectionKeyring;
  readonly defect: Defect | null;
}

interface InFlight {
  readonly key: string;
  readonly changes: readonly WireChange[];
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
  /** Ids this device held that a resync did not offer any more. */
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
    this.#inFlight = { key: `${this.id} ${(this.#batches += 1)}`, changes, entries };
    return this.#inFlight;
  }

  loseBatch(): void {
    if (this.#options.defect !== "drops lost batches" || this.#inFlight === null) return;
    for (const { recordId } of this.#inFlight.entries) this.outbox.delete(recordId);
    this.#inFlight = null;
  }

  settle(batch: InFlight, reply: Reply): void {
    if (this.#inFlight?.key !== batch.key) return;
    this.#inFlight = null;
    for (const [i, outcome] of reply.outcomes.entries()) {
      const [change, entry] = [batch.changes[i]!, batch.entries[i]!];
      if (outcome.status !== "conflict") this.#acknowledge(change, entry, outcome);
      else this.#meet(change, reply.currents[i]!);
    }
  }

  /** Rows and cursor together, or a crash and neither. */
  applyPage({ rows, next, horizon }: FakePage, from: number): void {
    if (from !== this.cursor) return this.applyLate({ rows, horizon });
    for (const row of rows) this.#apply(row, horizon, "page");
    hold(next >= this.cursor, "C-I1", () => `${this.id}: the cursor goes back from ${this.cursor} to ${next}`);
    this.cursor = next;
  }

  /** A page that comes once more, after others. */
  applyLate({ rows, horizon }: Pick<FakePage, "rows" | "horizon">): void {
    for (const row of rows) this.#apply(row, horizon, "page");
  }

  /** Everything anew, tombstones too. What is not offered any more and was acknowledged is forgotten; edits stay. */
  resync(page: FakePage): void {
    const offered = new Set(page.rows.map(({ recordId }) => recordId));
    for (const row of page.rows) this.#apply(row, page.horizon, "resync");
    for (const [recordId, known] of this.known) {
      if (offered.has(recordId) || known.version > page.head) continue;
      this.known.delete(recordId);
      const pending = this.outbox.get(recordId);
      if (pending === undefined) this.views.delete(recordId);
      else if (pending.kind === "delete") this.outbox.delete(recordId);
    }
    this.cursor = page.head;
  }

  get isIdle(): boolean {
    return this.outbox.size === 0 && this.#inFlight === null;
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

  #meet(change: WireChange, current: Standing | null): void {
    const { record_id: recordId } = change;
    if (current !== null) {
      const isOwn = Buffer.from(current.envelope).equals(change.encrypted_record);
      hold(!isOwn, "S-I6", () => `${recordId} conflicts with the very change that was sent`);
      return this.#apply(current, 0, "reply");
    }
    const known = this.known.get(recordId);
    if (known !== undefined) this.known.set(recordId, { ...known, version: 0 });
  }

  #remember(recordId: string, version: number, envelope: Uint8Array, deviceId: string): void {
    const before = this.known.get(recordId)?.version ?? 0;
    hold(version >= before, "C-I3", () => `${this.id}: ${recordId} goes back from ${before} to ${version}`);
    const { header, content } = openFake(envelope);
    this.known.set(recordId, {
      key: recordId,
      recordId,
      kind: content.kind,
      version,
      envelope,
      hash: hashEnvelope(envelope),
      rev: header.rev,
      changedAt: "",
      deviceId,
      generation: 0,
      isCounted: true,
      content,
    });
  }

  #apply(row: Standing, horizon: number, way: "page" | "reply" | "resync"): void {
    const known = this.known.get(row.recordId) ?? null;
    const { header, hash, content } = openFake(row.envelope);
    const walk = way === "resync" ? { cause: "expired" as const, cutVersion: null } : null;
    const arriving = { version: row.version, header, hash };
    const judged = judgeRemote(known, arriving, { horizon, walk });
    if (judged === "late" && this.#options.defect !== "applies late pages") return;
    const isTaken = judged === "apply" || judged === "same" || judged === "late";
    // A reply has no horizon: what looks like a replay may be a record begun anew. The next page tells.
    if (!isTaken && way === "reply") return;
    hold(isTaken, "E-I3", () => `${this.id}: an honest server's ${row.recordId} at ${row.version} is ${judged}`);
    if (judged === "same") {
      if (row.version > known!.version) this.known.set(row.recordId, { ...known!, version: row.version });
      return;
    }
    this.#reconcile(row, known?.content ?? null, content);
    this.#remember(row.recordId, row.version, row.envelope, row.deviceId);
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
