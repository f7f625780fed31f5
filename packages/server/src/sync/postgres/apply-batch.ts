import { formatInstant, type Micros } from "@owlivion/sync-protocol";
import type { PoolClient } from "pg";
import { int2Array, int4Array, int8Array, textArray, timestamptzArray, uuidArray } from "../../db/binary-arrays.ts";
import type { Random } from "../../random.ts";
import type { Decision } from "../model.ts";
import type { BatchRequest } from "../store.ts";

const applySql = `select apply_batch($1, $2, $3, $4, $5, $6,
  $7::int2[], $8::text[], $9::int8[], $10::int8[], $11::timestamptz[], $12::uuid[],
  $13::int4[], $14::int4[], $15::int2[], $16::bytea,
  $17::int8[], $18::int8[], $19::text[], $20::int4[], make_interval(days => $21),
  $22::text[], $23::timestamptz[], $24, $25, $26, $27, $28, $29::bytea, $30::bytea, $31, $32)`;

export interface BatchToApply {
  readonly request: BatchRequest;
  readonly dataType: number;
  readonly epochNo: number;
  readonly headBefore: number;
  readonly now: Micros;
  readonly decision: Decision;
  readonly answer: Buffer;
  readonly tombstoneDays: number;
  readonly random: Random;
}

/** The third statement: writes everything a batch decided, in one call. Answers the batch's lineage tag. */
export async function applyBatch(client: PoolClient, batch: BatchToApply): Promise<Buffer> {
  const batchId = batch.random.uuid();
  const { request, decision } = batch;
  const { rows } = decision;
  const { changes } = request.batch;
  const ofChange = <T>(read: (change: (typeof changes)[number]) => T) =>
    rows.map((row) => read(changes[row.changeIndex]!));
  // Without a name: a prepared statement would be another connection's behind a pooler.
  await client.query({
    text: applySql,
    values: [
      request.userId,
      batch.dataType,
      request.batch.deviceId,
      batch.epochNo,
      batch.headBefore,
      formatInstant(decision.firstChangedAt),
      int2Array(rows.map((row) => row.changeType)),
      textArray(ofChange((change) => change.recordId)),
      int8Array(rows.map((row) => row.prevVersion)),
      int8Array(rows.map((row) => row.supersededVersion)),
      timestamptzArray(rows.map((row) => row.stampAt)),
      uuidArray(rows.map((row) => row.stampDeviceId)),
      int4Array(ofChange((change) => change.offset)),
      int4Array(ofChange((change) => change.length)),
      int2Array(ofChange((change) => change.nonceLength)),
      request.batch.bytes,
      int8Array(decision.replaced.map((one) => one.version)),
      int8Array(decision.replaced.map((one) => one.byVersion)),
      textArray(decision.revived),
      int4Array(decision.tombstones.map((index) => index + 1)),
      batch.tombstoneDays,
      textArray(decision.raised.map((one) => one.recordId)),
      timestamptzArray(decision.raised.map((one) => one.stampAt)),
      decision.delta.records,
      decision.delta.tombstones,
      decision.delta.bytes,
      batchId,
      request.idempotency?.key ?? null,
      request.idempotency?.requestHash ?? null,
      batch.answer,
      formatInstant(batch.now),
      decision.outcomes.filter((outcome) => outcome.status === "conflict").length,
    ],
  });
  return Buffer.from(batchId.replaceAll("-", "").slice(0, 16), "hex");
}
