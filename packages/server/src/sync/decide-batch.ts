import { limits, type Micros } from "@owlivion/sync-protocol";
import type { Batch, Change, CollectionState, Decision, LogRow, Outcome, Quota, RecordState } from "./model.ts";

const maxLead: Micros = limits.maxClockLeadMs * 1000;

/** A record while the batch is judged. */
interface Working {
  current: RecordState | null;
  /** Index in `rows` of the batch's own latest change of the record; -1: none yet. */
  ownRow: number;
  /** How the first judged change of the record fared; the others follow it. */
  fate: "accepted" | Extract<Outcome, { status: "conflict" }> | null;
}

/**
 * Judges a batch against the state read under the collection's lock (rules 4 to 9 of docs/protocol.md). Pure: the caller
 * writes what it decides. "quota" refuses the whole batch.
 */
export function decideBatch(state: CollectionState, batch: Batch, quota: Quota): Decision | "quota" {
  const outcomes: Outcome[] = [];
  const rows: LogRow[] = [];
  const replaced: { version: number; byVersion: number }[] = [];
  const revived = new Set<string>();
  const tombstones = new Set<number>();
  const raised = new Map<string, Micros>();
  const delta = { records: 0, tombstones: 0, bytes: 0 };
  const working = new Map<string, Working>();
  let clockSkew: Micros | null = null;

  for (const [changeIndex, change] of batch.changes.entries()) {
    const record = working.get(change.recordId) ?? {
      current: state.records.get(change.recordId) ?? null,
      ownRow: -1,
      fate: null,
    };
    working.set(change.recordId, record);
    const { current } = record;

    const claimed = change.stampAt ?? batch.clientTimestamp ?? state.now;
    const isAhead = claimed > state.now + maxLead;
    if (isAhead) clockSkew = Math.max(clockSkew ?? 0, claimed - state.now);
    const stampAt = isAhead ? state.now : claimed;
    const order = current === null ? 1 : compareStamp(stampAt, batch.deviceId, current);

    if (current !== null && isUnchanged(current, change, batch)) {
      outcomes.push({ status: "unchanged", version: current.version });
      if (order > 0) {
        record.current = { ...current, stampAt, stampDeviceId: batch.deviceId };
        const own = rows[record.ownRow];
        if (own === undefined) raised.set(change.recordId, stampAt);
        else Object.assign(own, { stampAt, stampDeviceId: batch.deviceId });
      }
      continue;
    }

    record.fate ??= judge(current, change, stampAt, order, state);
    if (record.fate !== "accepted") {
      outcomes.push(record.fate);
      continue;
    }

    const version = state.head + rows.length + 1;
    const own = rows[record.ownRow];
    // A change that was not judged by its stamp, or followed an earlier one, must not lower the stored stamp.
    const stamp =
      current === null || order >= 0
        ? { stampAt, stampDeviceId: batch.deviceId }
        : { stampAt: current.stampAt, stampDeviceId: current.stampDeviceId };

    if (current?.isTombstone === true) {
      if (own === undefined) revived.add(change.recordId);
      else tombstones.delete(record.ownRow);
      delta.tombstones -= 1;
    } else if (current !== null) {
      if (own === undefined) replaced.push({ version: current.version, byVersion: version });
      else own.supersededVersion = version;
      delta.records -= 1;
      delta.bytes -= current.bytes;
    }
    rows.push({
      changeIndex,
      changeType: change.isDelete ? 2 : current === null || current.isTombstone ? 0 : 1,
      prevVersion: current?.version ?? 0,
      supersededVersion: change.isDelete ? version : 0,
      ...stamp,
    });
    record.ownRow = rows.length - 1;
    raised.delete(change.recordId);
    if (change.isDelete) {
      tombstones.add(record.ownRow);
      delta.tombstones += 1;
    } else {
      delta.records += 1;
      delta.bytes += change.length;
    }
    record.current = {
      isTombstone: change.isDelete,
      version,
      ...stamp,
      fingerprint: fingerprintOf(change, batch),
      bytes: change.isDelete ? 0 : change.length,
    };
    outcomes.push({ status: "applied", version });
  }

  if (exceeds(state, quota, delta)) return "quota";
  return {
    outcomes,
    rows,
    firstChangedAt: Math.max(state.now, state.lastChangedAt + 1),
    replaced,
    revived: [...revived],
    tombstones: [...tombstones],
    raised: [...raised].map(([recordId, stampAt]) => ({ recordId, stampAt })),
    delta,
    clockSkewMs: clockSkew === null ? null : Math.round(clockSkew / 1000),
  };
}

function judge(
  current: RecordState | null,
  change: Change,
  stampAt: Micros,
  order: number,
  state: CollectionState,
): NonNullable<Working["fate"]> {
  if (change.baseVersion !== null) {
    if (change.baseVersion === (current?.version ?? 0)) return "accepted";
    return { status: "conflict", reason: change.baseVersion === 0 ? "EXISTS" : "STALE" };
  }
  if (current === null) return stampAt < state.horizonAt ? { status: "conflict", reason: "TOO_OLD" } : "accepted";
  // An equal stamp is of the same device: its later arrival wins, or a coarse clock would lose an edit of its own.
  return order >= 0 ? "accepted" : { status: "conflict", reason: "OLDER" };
}

/** Above 0 when (stampAt, deviceId) is greater than the stored stamp. UUIDs in lower case sort as their bytes do. */
function compareStamp(stampAt: Micros, deviceId: string, stored: RecordState): number {
  if (stampAt !== stored.stampAt) return stampAt - stored.stampAt;
  if (deviceId === stored.stampDeviceId) return 0;
  return deviceId > stored.stampDeviceId ? 1 : -1;
}

/** Same kind, nonce and checksum; or a deletion of what is deleted, unless it brings the envelope that was missing. */
function isUnchanged(current: RecordState, change: Change, batch: Batch): boolean {
  if (current.isTombstone !== change.isDelete) return false;
  if (change.isDelete) return change.length === 0 || current.fingerprint !== "";
  return current.fingerprint === fingerprintOf(change, batch);
}

/** Hex of nonce ‖ checksum; empty without a payload. */
export function fingerprintOf(change: Change, batch: Batch): string {
  if (change.length === 0) return "";
  const start = change.offset + change.length;
  return batch.bytes.toString("hex", start, start + change.nonceLength + limits.checksumBytes);
}

/** Only growth is refused: a batch that frees space passes even above the quota, and so do deletions. */
function exceeds(state: CollectionState, quota: Quota, delta: Decision["delta"]): boolean {
  return (
    (delta.bytes > 0 && state.usage.bytes + delta.bytes > quota.maxBytes) ||
    (delta.records > 0 && state.usage.records + delta.records > quota.maxRecords)
  );
}
