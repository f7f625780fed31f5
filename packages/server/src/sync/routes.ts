import {
  DataType,
  DownloadDeletedQuery,
  DownloadDeletedReply,
  DownloadDeltaQuery,
  DownloadDeltaReply,
  limits,
  PutProofReply,
  PutProofRequest,
  RecordHistoryQuery,
  RecordHistoryReply,
  RecordId,
  Strict,
  SyncStatusReply,
  UploadDeltaReply,
  UploadDeltaRequest,
} from "@owlivion/sync-protocol";
import type { FastifyInstance, FastifyRequest } from "fastify";
import Type from "typebox";
import type { AppContext } from "../app-context.ts";
import { decodeBase64 } from "../base64.ts";
import { ApiError } from "../errors.ts";
import { bodyErrors, errors, sessionErrors } from "../http/documented-errors.ts";
import { sessionOf } from "../http/session.ts";
import { compileValidator } from "../http/validation.ts";
import { downloadDeleted } from "./download-deleted.ts";
import { downloadDelta } from "./download-delta.ts";
import { handleUpload } from "./handle-upload.ts";
import { createSyncPorts, type SyncPorts } from "./ports.ts";
import { recordHistory } from "./record-history.ts";
import { sendReply } from "./send-reply.ts";
import { syncStatus } from "./status.ts";
import type { CollectionKey } from "./store.ts";
import { wireOfAccept } from "./wire.ts";

const ofCollection = Strict({ data_type: DataType });
const base = { tags: ["sync"], security: [{ bearer: [] }] };
const description = "The reply is compressed by brotli or gzip when `Accept-Encoding` allows it.";
const pageErrors = ["INVALID_REQUEST", "INVALID_DATA_TYPE", "NOT_ACCEPTABLE"] as const;

/** Delta sync, for a scope whose requests are authenticated. */
export async function registerSyncRoutes(app: FastifyInstance, context: AppContext): Promise<void> {
  const ports = await createSyncPorts(context);
  registerUpload(app, ports);
  registerPages(app, ports);
  registerProof(app, ports);

  const schema = {
    ...base,
    summary: "Every collection's head, counts and proof; equal heads mean that nothing is to do",
    response: { 200: SyncStatusReply, ...errors(...sessionErrors) },
  };
  app.get("/api/v1/sync/status", { schema, config: { rateLimit: "sync_other" } }, async (request) => {
    return {
      success: true,
      data: await syncStatus(ports.store, sessionOf(request).userId, context.dataTypes.names),
    };
  });
}

function registerUpload(app: FastifyInstance, ports: SyncPorts): void {
  const schema = {
    ...base,
    summary: "Upload a batch of changes",
    description:
      "One transaction. With an `Idempotency-Key` a retry of the same bytes gets the same results. Also speaks CBOR. " +
      `The body is read uncompressed only. ${description}`,
    consumes: ["application/json", "application/cbor"],
    params: ofCollection,
    headers: Type.Object({
      "idempotency-key": Type.Optional(Type.String({ maxLength: limits.maxIdempotencyKeyChars })),
    }),
    body: UploadDeltaRequest,
    response: {
      200: UploadDeltaReply,
      ...errors(
        ...sessionErrors,
        ...bodyErrors,
        ...pageErrors,
        "INVALID_CBOR",
        "EMPTY_CHANGES",
        "INVALID_CHANGES",
        "INVALID_TIMESTAMP",
        "INVALID_CURSOR",
        "INVALID_IDEMPOTENCY_KEY",
        "EPOCH_REQUIRED",
        "DEVICE_MISMATCH",
        "KEY_EPOCH_OUTDATED",
        "CURSOR_EXPIRED",
        "EPOCH_CHANGED",
        "BATCH_TOO_LARGE",
        "QUOTA_EXCEEDED",
        "IDEMPOTENCY_KEY_REUSED",
      ),
    },
  };
  void app.register(async (upload) => {
    // The raw bytes: they are what an idempotency key stands for, and parse-upload checks them change by change.
    upload.removeAllContentTypeParsers();
    upload.addContentTypeParser(
      ["application/json", "application/cbor"],
      { parseAs: "buffer" },
      (_request: FastifyRequest, body: Buffer, done: (error: null, body: Buffer) => void) => done(null, body),
    );
    upload.post<{ Params: { data_type: string } }>(
      "/api/v1/sync/:data_type/delta",
      {
        schema,
        bodyLimit: limits.maxBodyBytes,
        validatorCompiler: (part) =>
          part.httpPart === "body" || part.httpPart === "headers" ? () => true : compileValidator(part as never),
        config: {
          rateLimit: (request) => (request.headers["idempotency-key"] === undefined ? "delta_upload" : "delta_push"),
        },
      },
      (request, reply) => handleUpload(ports, request, reply),
    );
  });
}

function registerPages(app: FastifyInstance, ports: SyncPorts): void {
  const { store } = ports;

  app.get<{ Params: { data_type: string }; Querystring: DownloadDeltaQuery }>(
    "/api/v1/sync/:data_type/delta",
    {
      config: { rateLimit: (request) => (hasSince(request.query) ? "delta_since" : "delta_pull") },
      schema: {
        ...base,
        summary: "Download changes by cursor, by time, or as of a point in the past",
        description,
        params: ofCollection,
        querystring: DownloadDeltaQuery,
        response: {
          200: DownloadDeltaReply,
          ...errors(
            ...sessionErrors,
            ...pageErrors,
            "MISSING_SINCE_PARAM",
            "INVALID_TIMESTAMP",
            "INVALID_CURSOR",
            "INVALID_AS_OF",
            "CURSOR_EXPIRED",
            "EPOCH_CHANGED",
            "HISTORY_EXPIRED",
          ),
        },
      },
    },
    async (request, reply) => {
      const wire = wireOfAccept(request.headers.accept);
      const key = collectionOf(ports, request);
      const cursors = ports.cursors.of(sessionOf(request).incarnation);
      const data = await downloadDelta({ store, cursors }, key, request.query, wire);
      const recordCount = data.pagination.returned_count;
      recordDownload(ports, request, key, recordCount);
      return sendReply(request, reply, data, { wire, recordCount });
    },
  );

  app.get<{ Params: { data_type: string }; Querystring: DownloadDeletedQuery }>(
    "/api/v1/sync/:data_type/deleted",
    {
      config: { rateLimit: "delta_since" },
      schema: {
        ...base,
        summary: "The live tombstones since a time",
        description,
        params: ofCollection,
        querystring: DownloadDeletedQuery,
        response: {
          200: DownloadDeletedReply,
          ...errors(...sessionErrors, ...pageErrors, "MISSING_SINCE_PARAM", "INVALID_TIMESTAMP", "CURSOR_EXPIRED"),
        },
      },
    },
    async (request, reply) => {
      const wire = wireOfAccept(request.headers.accept);
      const key = collectionOf(ports, request);
      const data = await downloadDeleted(store, key, request.query, wire);
      const recordCount = data.pagination.returned_count;
      recordDownload(ports, request, key, recordCount);
      return sendReply(request, reply, data, { wire, recordCount });
    },
  );

  app.get<{ Params: { data_type: string; record_id: string }; Querystring: RecordHistoryQuery }>(
    "/api/v1/sync/:data_type/records/:record_id/history",
    {
      config: { rateLimit: "delta_pull" },
      schema: {
        ...base,
        summary: "One record's changes, newest first",
        description,
        params: Strict({ data_type: DataType, record_id: RecordId }),
        querystring: RecordHistoryQuery,
        response: { 200: RecordHistoryReply, ...errors(...sessionErrors, ...pageErrors) },
      },
    },
    async (request, reply) => {
      const wire = wireOfAccept(request.headers.accept);
      const key = collectionOf(ports, request);
      const data = await recordHistory(store, key, request.params.record_id, request.query, wire);
      return sendReply(request, reply, data, { wire, recordCount: data.pagination.returned_count });
    },
  );
}

function registerProof(app: FastifyInstance, ports: SyncPorts): void {
  app.put<{ Params: { data_type: string }; Body: PutProofRequest }>(
    "/api/v1/sync/:data_type/proof",
    {
      config: { rateLimit: "sync_other" },
      schema: {
        ...base,
        summary: "Store a head proof, while the head is the version it proves",
        params: ofCollection,
        body: PutProofRequest,
        response: {
          200: PutProofReply,
          ...errors(...sessionErrors, ...bodyErrors, "INVALID_DATA_TYPE", "HEAD_MOVED"),
        },
      },
    },
    async (request) => {
      const { version, epoch, proof } = request.body;
      const bytes = decodeBase64(proof);
      if (bytes?.length !== limits.proofBytes) {
        throw new ApiError("INVALID_REQUEST", {
          details: [{ field: "body/proof", problem: "is not base64 of 32 bytes" }],
        });
      }
      const key = collectionOf(ports, request);
      const outcome = await ports.store.putProof(key, { version, epoch: epoch.toLowerCase(), proof: bytes });
      if (outcome === "head-moved") throw new ApiError("HEAD_MOVED");
      return { success: true, data: { version } };
    },
  );
}

/** Before the query is validated. */
function hasSince(query: unknown): boolean {
  return typeof query === "object" && query !== null && "since" in query;
}

function collectionOf(
  { context }: SyncPorts,
  request: FastifyRequest<{ Params: { data_type: string } }>,
): CollectionKey {
  const dataType = request.params.data_type;
  context.dataTypes.numberOf(dataType);
  return { userId: sessionOf(request).userId, dataType };
}

function recordDownload({ context }: SyncPorts, request: FastifyRequest, key: CollectionKey, rows: number): void {
  const { deviceId } = sessionOf(request);
  const dataType = context.dataTypes.numberOf(key.dataType);
  context.audit.recordDownload({ userId: key.userId, deviceId, dataType, action: "delta_download", rows });
  context.metrics.rowsSent.inc({ data_type: key.dataType }, rows);
}
