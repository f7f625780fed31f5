import { hash } from "node:crypto";
import { limits } from "@owlivion/sync-protocol";
import type { FastifyReply, FastifyRequest } from "fastify";
import { ApiError } from "../errors.ts";
import { sessionOf } from "../http/session.ts";
import { parseUpload } from "./parse-upload.ts";
import type { SyncPorts } from "./ports.ts";
import type { BatchRequest, CollectionKey } from "./store.ts";
import { renderUpload } from "./render-upload.ts";
import { sendReply } from "./send-reply.ts";
import { uploadDelta, type UploadResult } from "./upload-delta.ts";
import { decodeBody, wireOfAccept, wireOfContentType } from "./wire.ts";

/** `POST /sync/:data_type/delta` with its raw body. */
export async function handleUpload(
  ports: SyncPorts,
  request: FastifyRequest<{ Params: { data_type: string } }>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { store, quota, context } = ports;
  const session = sessionOf(request);
  const cursors = ports.cursors.of(session.incarnation);
  const key: CollectionKey = { userId: session.userId, dataType: request.params.data_type };
  context.dataTypes.numberOf(key.dataType);
  const idempotencyKey = readIdempotencyKey(request.headers["idempotency-key"]);
  const answerWire = wireOfAccept(request.headers.accept);
  const bodyWire = wireOfContentType(request.headers["content-type"]);
  const body = request.body as Buffer;

  const batch = parseUpload(decodeBody(body, bodyWire), bodyWire, session.keyEpoch);
  if (batch.deviceId !== session.deviceId) throw new ApiError("DEVICE_MISMATCH");
  const cursor = batch.cursor === null ? null : cursors.open(batch.cursor, key.userId, key.dataType);
  if (batch.cursor !== null && (cursor === null || cursor.asOf !== null)) throw new ApiError("INVALID_CURSOR");

  const batchRequest: BatchRequest = {
    ...key,
    batch,
    idempotency: idempotencyKey === null ? null : { key: idempotencyKey, requestHash: hashRequest(key, body) },
  };
  const result = await uploadDelta(store, batchRequest, cursor, quota);
  afterCommit(ports, batchRequest, result);
  const nextCursor = result.delta === null ? null : cursors.seal(result.delta.next, key.userId, key.dataType);
  const data = renderUpload(batchRequest, result, nextCursor, answerWire);
  const recordCount = data.results.length + (result.delta?.page.rows.length ?? 0);
  return sendReply(request, reply, data, { wire: answerWire, recordCount });
}

/** What the world may know once the batch is committed. A replay tells nothing new. */
function afterCommit({ context }: SyncPorts, request: BatchRequest, result: UploadResult): void {
  if (result.isReplay) return;
  const { dataType } = request;
  if (result.appliedCount > 0) {
    context.announcer.announce(request.userId, dataType, result.head, request.batch.deviceId);
  }
  const counts = new Map<string, number>();
  for (const outcome of result.answer.outcomes) {
    counts.set(outcome.status, (counts.get(outcome.status) ?? 0) + 1);
    if (outcome.status === "conflict") context.metrics.conflicts.inc({ data_type: dataType, reason: outcome.reason });
  }
  for (const [status, count] of counts) context.metrics.changes.inc({ data_type: dataType, status }, count);
}

/** Printable ASCII, so that it is one thing in every log, proxy and database. */
function readIdempotencyKey(header: string | string[] | undefined): string | null {
  if (header === undefined) return null;
  if (typeof header !== "string" || header.length > limits.maxIdempotencyKeyChars || !/^[\x21-\x7e]+$/.test(header)) {
    throw new ApiError("INVALID_IDEMPOTENCY_KEY");
  }
  return header;
}

function hashRequest(key: CollectionKey, body: Buffer): Buffer {
  return hash("sha256", Buffer.concat([Buffer.from(`${key.dataType}\n`), body]), "buffer");
}
