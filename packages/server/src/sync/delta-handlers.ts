import { hash } from "node:crypto";
import {
  limits,
  type DownloadDeletedQuery,
  type DownloadDeltaQuery,
  type PutProofRequest,
  type RecordHistoryQuery,
} from "@owlivion/sync-protocol";
import { decodeBase64 } from "../base64.ts";
import type { DataTypes } from "../db/data-types.ts";
import { ApiError } from "../errors.ts";
import type { RequestSession } from "../http/session.ts";
import type { CursorCodec } from "./cursor.ts";
import { downloadDeleted } from "./download-deleted.ts";
import { downloadDelta } from "./download-delta.ts";
import type { Quota } from "./model.ts";
import { parseUpload } from "./parse-upload.ts";
import { recordHistory } from "./record-history.ts";
import { renderUpload } from "./render-upload.ts";
import { syncStatus } from "./status.ts";
import type { BatchRequest, CollectionKey, DeltaStore } from "./store.ts";
import { uploadDelta, type UploadResult } from "./upload-delta.ts";
import { decodeBody, encodeBody, mediaTypes, wireOfAccept, wireOfContentType, type Wire } from "./wire.ts";

/** What the delta routes work with. */
export interface DeltaPorts {
  readonly store: DeltaStore;
  readonly cursors: CursorCodec;
  readonly quota: Quota;
  readonly dataTypes: DataTypes;
  /** After the commit of a batch; a replay tells nothing new. */
  onBatch(request: BatchRequest, result: UploadResult): void;
  onDownload(session: RequestSession, key: CollectionKey, rows: number): void;
}

/** A request whose session is proved, and whose path and query are checked, whatever carried it. */
export interface DeltaRequest<Params = unknown, Query = unknown, Body = unknown> {
  readonly session: RequestSession;
  readonly params: Params;
  readonly query: Query;
  readonly headers: { readonly [name: string]: string | string[] | undefined };
  readonly body: Body;
}

/** The answer of a route that speaks both wire forms, not yet compressed. */
export interface DeltaReply {
  readonly contentType: string;
  readonly body: string | Buffer;
  /** Rows it carries, by which a compression is judged. */
  readonly recordCount: number;
}

interface OfCollection {
  readonly data_type: string;
}

/** The delta routes below their transport: Fastify and the simulation call the same. */
export function createDeltaHandlers(ports: DeltaPorts) {
  const { store, quota, dataTypes } = ports;

  function collectionOf({ session, params }: DeltaRequest<OfCollection>): CollectionKey {
    dataTypes.numberOf(params.data_type);
    return { userId: session.userId, dataType: params.data_type };
  }

  return {
    /** `POST /sync/:data_type/delta` with its raw body. */
    async upload(request: DeltaRequest<OfCollection, unknown, Buffer>): Promise<DeltaReply> {
      const { session, headers, body } = request;
      const cursors = ports.cursors.of(session.incarnation);
      const key = collectionOf(request);
      const idempotencyKey = readIdempotencyKey(headers["idempotency-key"]);
      const answerWire = wireOfAccept(single(headers["accept"]));
      const bodyWire = wireOfContentType(single(headers["content-type"]));

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
      if (!result.isReplay) ports.onBatch(batchRequest, result);
      const nextCursor = result.delta === null ? null : cursors.seal(result.delta.next, key.userId, key.dataType);
      const data = renderUpload(batchRequest, result, nextCursor, answerWire);
      return encode(data, answerWire, data.results.length + (result.delta?.page.rows.length ?? 0));
    },

    /** `GET /sync/:data_type/delta` by cursor, by time, or as of a point in the past. */
    async download(request: DeltaRequest<OfCollection, DownloadDeltaQuery>): Promise<DeltaReply> {
      const wire = wireOfAccept(single(request.headers["accept"]));
      const key = collectionOf(request);
      const cursors = ports.cursors.of(request.session.incarnation);
      const data = await downloadDelta({ store, cursors }, key, request.query, wire);
      ports.onDownload(request.session, key, data.pagination.returned_count);
      return encode(data, wire, data.pagination.returned_count);
    },

    /** `GET /sync/:data_type/deleted`. */
    async deleted(request: DeltaRequest<OfCollection, DownloadDeletedQuery>): Promise<DeltaReply> {
      const wire = wireOfAccept(single(request.headers["accept"]));
      const key = collectionOf(request);
      const data = await downloadDeleted(store, key, request.query, wire);
      ports.onDownload(request.session, key, data.pagination.returned_count);
      return encode(data, wire, data.pagination.returned_count);
    },

    /** `GET /sync/:data_type/records/:record_id/history`. */
    async history(
      request: DeltaRequest<OfCollection & { readonly record_id: string }, RecordHistoryQuery>,
    ): Promise<DeltaReply> {
      const wire = wireOfAccept(single(request.headers["accept"]));
      const key = collectionOf(request);
      const data = await recordHistory(store, key, request.params.record_id, request.query, wire);
      return encode(data, wire, data.pagination.returned_count);
    },

    /** `PUT /sync/:data_type/proof`; the body is checked already. */
    async putProof(request: DeltaRequest<OfCollection, unknown, PutProofRequest>) {
      const { version, epoch, proof } = request.body;
      const bytes = decodeBase64(proof);
      if (bytes?.length !== limits.proofBytes) {
        throw new ApiError("INVALID_REQUEST", {
          details: [{ field: "body/proof", problem: "is not base64 of 32 bytes" }],
        });
      }
      const outcome = await store.putProof(collectionOf(request), {
        version,
        epoch: epoch.toLowerCase(),
        proof: bytes,
      });
      if (outcome === "head-moved") throw new ApiError("HEAD_MOVED");
      return { success: true, data: { version } };
    },

    /** `GET /sync/status`. */
    async status({ session }: Pick<DeltaRequest, "session">) {
      return { success: true, data: await syncStatus(store, session.userId, dataTypes.names) };
    },
  };
}

export type DeltaHandlers = ReturnType<typeof createDeltaHandlers>;

function encode(data: unknown, wire: Wire, recordCount: number): DeltaReply {
  return { contentType: mediaTypes[wire], body: encodeBody({ success: true, data }, wire), recordCount };
}

/** Of headers that Node joins when they come twice. */
function single(header: string | string[] | undefined): string | undefined {
  return typeof header === "string" ? header : undefined;
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
