import { decideBatch } from "../../../../packages/server/src/sync/decide-batch.ts";
import type { Change, Outcome, RecordState } from "../../../../packages/server/src/sync/model.ts";
import type { WireChange } from "../../../../packages/client/src/engine/plan-push.ts";
import { hold } from "./violation.ts";

/** What stands of a record. */
export interface Standing {
  readonly recordId: string;
  readonly version: number;
  readonly isTombstone: boolean;
  readonly envelope: Uint8Array;
  readonly deviceId: string;
}

/** Rows above a cursor, and the cursor behind them. */
export interface Rows {
  readonly rows: readonly Standing[];
  readonly next: number;
}

export interface Reply {
  readonly outcomes: readonly Outcome[];
  /** Of each conflict, what stands; read anew in a replay. */
  readonly currents: readonly (Standing | null)[];
  /** What others did since the cursor of the push; null: a retry came when its cursor was too old. */
  readonly delta: Rows | null;
}

export interface FakePage extends Rows {
  readonly horizon: number;
  readonly head: number;
}

/** A batch as it goes over the wire, the same at each attempt. */
export interface FakePush {
  readonly key: string;
  readonly changes: readonly WireChange[];
  readonly cursor: number;
}

interface StoredReply {
  readonly body: readonly WireChange[];
  readonly outcomes: readonly Outcome[];
  readonly headBefore: number;
  readonly headAfter: number;
}

const quota = { maxRecords: 1000, maxBytes: 1e9 };

/** One collection: the production judge over a map, with the rules that its caller keeps. */
export class PlannerServer {
  readonly #standing = new Map<string, Standing>();
  readonly #states = new Map<string, RecordState>();
  readonly #replies = new Map<string, StoredReply>();
  #head = 0;
  #horizon = 0;
  #now = 1_000_000;

  get head(): number {
    return this.#head;
  }

  get horizon(): number {
    return this.#horizon;
  }

  /** A reply holds so many rows of what others did, at most; null: the cursor is below the horizon, and nothing is applied. */
  push(deviceId: string, { key, changes, cursor }: FakePush, limit: number): Reply | null {
    const stored = this.#replies.get(key);
    hold(stored === undefined || stored.body === changes, "S-I4", () => `key ${key} came with another body`);
    if (stored !== undefined) {
      // A cursor that expired since the first answer costs the delta, never the results.
      const delta = cursor < this.#horizon ? null : this.#rowsAbove(cursor, limit, stored);
      return { outcomes: stored.outcomes, currents: this.#currents(changes, stored.outcomes), delta };
    }
    if (cursor < this.#horizon) return null;
    // Read before the batch is applied; what the batch itself replaces is left out.
    const page = this.#rowsAbove(cursor, limit);
    const isWhole = page.next === this.#head;
    const headBefore = this.#head;
    const outcomes = this.#judge(deviceId, changes);
    this.#replies.set(key, { body: changes, outcomes, headBefore, headAfter: this.#head });
    const applied = new Set(
      changes.flatMap((change, i) => (outcomes[i]!.status === "applied" ? change.record_id : [])),
    );
    const rows = page.rows.filter(({ recordId }) => !applied.has(recordId));
    const delta = { rows, next: isWhole ? this.#head : page.next };
    return { outcomes, currents: this.#currents(changes, outcomes), delta };
  }

  /** Rows above the cursor in version order; null: the cursor is below the horizon (R18). */
  pull(after: number, limit: number, isResync: boolean): FakePage | null {
    if (!isResync && after < this.#horizon) return null;
    return { ...this.#rowsAbove(after, limit), horizon: this.#horizon, head: this.#head };
  }

  /** Forgets the oldest tombstones, as retention does. */
  purge(count: number): void {
    const oldest = [...this.#standing.values()]
      .filter(({ isTombstone }) => isTombstone)
      .toSorted((a, b) => a.version - b.version)
      .slice(0, count);
    for (const { recordId, version } of oldest) {
      this.#standing.delete(recordId);
      this.#states.delete(recordId);
      this.#horizon = Math.max(this.#horizon, version);
    }
  }

  live(): readonly Standing[] {
    return [...this.#standing.values()].filter(({ isTombstone }) => !isTombstone);
  }

  #rowsAbove(after: number, limit: number, except?: StoredReply): Rows {
    const isOwn = (version: number) =>
      except !== undefined && version > except.headBefore && version <= except.headAfter;
    const above = [...this.#standing.values()]
      .filter(({ version }) => version > after && !isOwn(version))
      .toSorted((a, b) => a.version - b.version);
    const rows = above.slice(0, limit);
    return { rows, next: rows.length < above.length ? rows.at(-1)!.version : this.#head };
  }

  #currents(changes: readonly WireChange[], outcomes: readonly Outcome[]): (Standing | null)[] {
    return outcomes.map(({ status }, i) =>
      status === "conflict" ? (this.#standing.get(changes[i]!.record_id) ?? null) : null,
    );
  }

  #judge(deviceId: string, wire: readonly WireChange[]): readonly Outcome[] {
    const bytes: Uint8Array[] = [];
    let offset = 0;
    const changes = wire.map((change): Change => {
      const { encrypted_record: record, record_nonce: nonce, record_checksum: checksum } = change;
      bytes.push(record, nonce, checksum);
      const placed = { offset, length: record.length, nonceLength: nonce.length };
      offset += record.length + nonce.length + checksum.length;
      const isDelete = change.change_type === "delete";
      return { recordId: change.record_id, isDelete, stampAt: null, baseVersion: change.base_version, ...placed };
    });
    this.#now += 1000;
    const usage = { records: 0, bytes: 0 };
    const state = {
      now: this.#now,
      head: this.#head,
      lastChangedAt: this.#now - 1,
      horizonAt: 0,
      usage,
      records: this.#states,
    };
    const batch = { deviceId, changes, bytes: Buffer.concat(bytes), clientTimestamp: null, epoch: null, cursor: null };
    const decision = decideBatch(state, batch, quota);
    hold(decision !== "quota", "S-I12", () => "a small batch exceeds the quota");
    const headBefore = this.#head;
    for (const [i, outcome] of decision.outcomes.entries()) this.#apply(deviceId, wire[i]!, outcome);
    hold(this.#head === headBefore + decision.rows.length, "S-I1", () => "versions have a gap");
    return decision.outcomes;
  }

  #apply(deviceId: string, change: WireChange, outcome: Outcome): void {
    if (outcome.status !== "applied") return;
    const { record_id: recordId } = change;
    const before = this.#standing.get(recordId);
    const stood = before?.version ?? 0;
    hold(change.base_version === stood, "S-I5", () => `${recordId} over ${stood}, based on ${change.base_version}`);
    const isTombstone = change.change_type === "delete";
    const isBack = before?.isTombstone === true && !isTombstone;
    hold(!isBack || change.base_version === before.version, "S-I8", () => `${recordId} came back by itself`);
    this.#head += 1;
    hold(outcome.version === this.#head, "S-I1", () => `version ${outcome.version} after ${this.#head - 1}`);
    const envelope = change.encrypted_record;
    this.#standing.set(recordId, { recordId, version: outcome.version, isTombstone, envelope, deviceId });
    this.#states.set(recordId, {
      isTombstone,
      version: outcome.version,
      stampAt: this.#now,
      stampDeviceId: deviceId,
      fingerprint: Buffer.concat([change.record_nonce, change.record_checksum]).toString("hex"),
      bytes: isTombstone ? 0 : envelope.length,
    });
  }
}
