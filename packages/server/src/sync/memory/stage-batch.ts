import { limits, type Micros } from "@owlivion/sync-protocol";
import type { MemoryTransaction } from "../../db/memory/memory-transaction.ts";
import { fingerprintOf } from "../decide-batch.ts";
import type { Decision } from "../model.ts";
import type { BatchRequest } from "../store.ts";
import type { MemoryReads } from "./memory-reads.ts";
import { type CollectionRow, type EpochRow, type LogRow, type MemoryTables, partitionOf } from "./memory-rows.ts";

export interface BatchToStage {
  readonly request: BatchRequest;
  readonly decision: Decision;
  readonly answer: Buffer;
  readonly tag: Buffer;
  readonly now: Micros;
  readonly row: CollectionRow;
  readonly epoch: EpochRow;
}

const dayMicros = 86_400_000_000;

/** What `apply_batch` of migration 002 writes. */
export function stageBatch(
  tx: MemoryTransaction,
  tables: MemoryTables,
  reads: MemoryReads,
  staged: BatchToStage,
  tombstoneDays: number,
): void {
  const { request, decision } = staged;
  if (decision.rows.length > 0) {
    stageEpochStarts(tx, tables, reads, staged);
    stageRows(tx, tables, reads, staged, tombstoneDays);
    stageCounters(tx, tables, staged);
  }
  const partition = partitionOf(request);
  for (const { recordId, stampAt } of decision.raised) {
    const stamp = { stampAt, stampDeviceId: request.batch.deviceId };
    const version = tables.current.get(partition, recordId);
    const tombstone = tables.tombstones.get(partition, recordId);
    if (version !== undefined) tx.put(tables.log, partition, version, { ...reads.logRow(request, version)!, ...stamp });
    if (tombstone !== undefined) tx.put(tables.tombstones, partition, recordId, { ...tombstone, ...stamp });
  }
}

function stageEpochStarts(tx: MemoryTransaction, tables: MemoryTables, reads: MemoryReads, staged: BatchToStage): void {
  const { row, epoch, request } = staged;
  if (row.epochNo >= epoch.epochNo) return;
  for (const { epochNo } of reads.epochs()) {
    if (epochNo <= row.epochNo || epochNo > epoch.epochNo) continue;
    tx.put(tables.epochStarts, partitionOf(request), epochNo, row.head);
  }
}

function stageRows(
  tx: MemoryTransaction,
  tables: MemoryTables,
  reads: MemoryReads,
  { request, decision, row: { head } }: BatchToStage,
  tombstoneDays: number,
): void {
  const { batch } = request;
  const partition = partitionOf(request);
  for (const { version, byVersion } of decision.replaced) {
    tx.put(tables.log, partition, version, { ...reads.logRow(request, version)!, supersededVersion: byVersion });
  }
  for (const recordId of decision.revived) tx.put(tables.tombstones, partition, recordId, undefined);
  for (const [i, { changeIndex, changeType, prevVersion, supersededVersion, ...stamp }] of decision.rows.entries()) {
    const change = batch.changes[changeIndex]!;
    const { offset, length, nonceLength, recordId } = change;
    const slice = (from: number, size: number) => (length === 0 ? null : batch.bytes.subarray(from, from + size));
    const row: LogRow = {
      changeType,
      version: head + 1 + i,
      recordId,
      deviceId: batch.deviceId,
      changedAt: decision.firstChangedAt + i,
      record: slice(offset, length),
      nonce: slice(offset + length, nonceLength),
      checksum: slice(offset + length + nonceLength, limits.checksumBytes),
      prevVersion,
      supersededVersion,
      ...stamp,
      fingerprint: fingerprintOf(change, batch),
    };
    tx.put(tables.log, partition, row.version, row);
    tx.put(tables.current, partition, recordId, supersededVersion === 0 ? row.version : undefined);
    if (decision.tombstones.includes(i)) {
      const expiresAt = row.changedAt + tombstoneDays * dayMicros;
      tx.put(tables.tombstones, partition, recordId, { ...row, expiresAt });
    }
  }
}

function stageCounters(tx: MemoryTransaction, tables: MemoryTables, staged: BatchToStage): void {
  const { request, decision, answer, tag, now, row, epoch } = staged;
  const { userId, dataType, batch, idempotency } = request;
  const headAfter = row.head + decision.rows.length;
  tx.put(tables.collections, userId, dataType, {
    ...row,
    epochNo: epoch.epochNo,
    head: headAfter,
    lastChangedAt: decision.firstChangedAt + decision.rows.length - 1,
    recordCount: row.recordCount + decision.delta.records,
    liveBytes: row.liveBytes + decision.delta.bytes,
    lastSyncAt: now,
    lastDeviceId: batch.deviceId,
  });
  tx.put(tables.batches, partitionOf(request), headAfter, {
    headBefore: row.head,
    headAfter,
    firstChangedAt: decision.firstChangedAt,
    answer,
    tag,
    deviceId: batch.deviceId,
    idempotencyKey: idempotency?.key ?? null,
    createdAt: now,
  });
  if (idempotency !== null) {
    const { key, requestHash } = idempotency;
    tx.put(tables.keys, userId, `${batch.deviceId} ${key}`, { dataType, requestHash, headAfter });
  }
  tx.markBatch();
}
