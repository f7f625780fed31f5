import type { PoolClient } from "pg";
import { textArray } from "../../db/binary-arrays.ts";
import { readInTransaction } from "../../db/snapshot-read.ts";
import { integerLiteral as int, textLiteral, uuidLiteral } from "../../db/sql-literal.ts";
import { ApiError } from "../../errors.ts";
import { readTimestamp } from "../../db/timestamps.ts";
import type { CollectionState, RecordState } from "../model.ts";
import type { BatchRequest, CurrentRecord, StoredBatch } from "../store.ts";

/** What a batch finds under the lock. */
export interface OpenedCollection {
  readonly state: CollectionState;
  readonly epoch: string;
  readonly epochNo: number;
  readonly isSameCluster: boolean;
  readonly replay: (StoredBatch & { readonly dataType: number; readonly requestHash: Buffer }) | null;
}

type Row = readonly (string | null)[];

const raw = { getTypeParser: () => (value: string) => value };

/**
 * The first statements of a batch in one round trip: begin; make or lock the collection's row; and, with a snapshot of its
 * own, taken after that lock, read the current state of the records the batch names.
 */
export async function openCollection(
  client: PoolClient,
  dataType: number,
  request: BatchRequest,
  canReadIdentity: boolean,
): Promise<OpenedCollection> {
  const { userId, batch, idempotency } = request;
  const user = uuidLiteral(userId);
  const key = idempotency === null ? "null" : textLiteral(idempotency.key);
  const ids = textLiteral(arrayText(new Set(batch.changes.map((change) => change.recordId))));
  const { rows } = await readInTransaction(client, [
    "begin isolation level read committed",
    `select now, head, last_changed_at, horizon_at, record_count + other_records, live_bytes + other_bytes, epoch, epoch_no,
        is_same_cluster, is_account_active, replay_type, replay_hash, replay_answer, replay_before, replay_after,
        replay_first_changed_at
      from open_collection(${user}, ${int(dataType)}::smallint, ${uuidLiteral(batch.deviceId)}, ${key}, ${canReadIdentity})`,
    `select record_id, is_tombstone, version, stamp_at, stamp_device_id, record_nonce, record_checksum, bytes
      from read_record_states(${user}, ${int(dataType)}::smallint, ${ids}::text[])`,
  ]);
  const [opened, ...states] = rows;
  return readOpened(opened!, readStates(states));
}

function readOpened(row: Row, records: ReadonlyMap<string, RecordState>): OpenedCollection {
  const [now, head, lastChangedAt, horizonAt, recordCount, bytes, epoch, epochNo, isSameCluster, isActive, ...replay] =
    row as string[];
  if (isActive !== "t") throw new ApiError("SESSION_REVOKED");
  const [replayType, hash, answer, before, after, firstChangedAt] = replay as Row;
  return {
    state: {
      now: readTimestamp(now!),
      head: Number(head),
      lastChangedAt: readTimestamp(lastChangedAt!),
      horizonAt: readTimestamp(horizonAt!),
      usage: { records: Number(recordCount), bytes: Number(bytes) },
      records,
    },
    epoch: epoch!,
    epochNo: Number(epochNo),
    isSameCluster: isSameCluster === "t",
    replay:
      replayType == null
        ? null
        : {
            dataType: Number(replayType),
            requestHash: bytea(hash!),
            answer: bytea(answer!),
            headBefore: Number(before),
            headAfter: Number(after),
            firstChangedAt: readTimestamp(firstChangedAt!),
          },
  };
}

/** One that is neither live nor a live tombstone is not in the map. */
function readStates(rows: readonly Row[]): Map<string, RecordState> {
  const states = new Map<string, RecordState>();
  for (const [id, isTombstone, version, stampAt, stampDeviceId, nonce, checksum, bytes] of rows) {
    states.set(id!, {
      isTombstone: isTombstone === "t",
      version: Number(version),
      stampAt: readTimestamp(stampAt!),
      stampDeviceId: stampDeviceId!,
      fingerprint: nonce == null ? "" : nonce.slice(2) + checksum!.slice(2),
      bytes: isTombstone === "t" ? 0 : Number(bytes),
    });
  }
  return states;
}

/** The text of a PostgreSQL array. */
function arrayText(values: Iterable<string>): string {
  const quoted = Array.from(values, (value) => `"${value.replaceAll(/["\\]/g, "\\$&")}"`);
  return `{${quoted.join(",")}}`;
}

const currentSql = `select ord, change_type, version, changed_at, device_id, stamp_at, record_nonce, record_checksum,
  encrypted_record, is_truncated from read_current_records($1, $2, $3::text[], $4)`;

/** The same with payloads, in the order asked, until they are more than `maxBytes`. */
export async function readCurrentRecords(
  client: PoolClient,
  userId: string,
  dataType: number,
  recordIds: readonly string[],
  maxBytes: number,
): Promise<Map<string, CurrentRecord>> {
  const { rows } = await client.query<(string | null)[]>({
    text: currentSql,
    values: [userId, dataType, textArray(recordIds), maxBytes],
    rowMode: "array",
    types: raw,
  });
  return new Map(
    rows.map(([ord, changeType, version, changedAt, deviceId, stampAt, nonce, checksum, record, isTruncated]) => {
      const recordId = recordIds[Number(ord) - 1]!;
      const row = {
        changeType: Number(changeType) as 0 | 1 | 2,
        version: Number(version),
        recordId,
        deviceId: deviceId!,
        changedAt: readTimestamp(changedAt!),
        nonce: nonce == null ? null : bytea(nonce),
        checksum: checksum == null ? null : bytea(checksum),
        record: record == null ? null : bytea(record),
      };
      return [recordId, { row, stampAt: readTimestamp(stampAt!), isTruncated: isTruncated === "t" }];
    }),
  );
}

/** A bytea as PostgreSQL prints it: `\x` and hex. */
function bytea(text: string): Buffer {
  return Buffer.from(text.slice(2), "hex");
}
