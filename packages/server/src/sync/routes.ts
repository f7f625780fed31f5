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
import { bodyErrors, errors, sessionErrors } from "../http/documented-errors.ts";
import { sessionOf } from "../http/session.ts";
import { compileValidator } from "../http/validation.ts";
import { createDeltaHandlers, type DeltaHandlers, type DeltaRequest } from "./delta-handlers.ts";
import { createDeltaPorts } from "./ports.ts";
import { sendReply } from "./send-reply.ts";

const ofCollection = Strict({ data_type: DataType });
const base = { tags: ["sync"], security: [{ bearer: [] }] };
const description = "The reply is compressed by brotli or gzip when `Accept-Encoding` allows it.";
const pageErrors = ["INVALID_REQUEST", "INVALID_DATA_TYPE", "NOT_ACCEPTABLE"] as const;

/** Delta sync, for a scope whose requests are authenticated. */
export async function registerSyncRoutes(app: FastifyInstance, context: AppContext): Promise<void> {
  const handlers = createDeltaHandlers(await createDeltaPorts(context));
  registerUpload(app, handlers);
  registerPages(app, handlers);
  registerProof(app, handlers);

  const schema = {
    ...base,
    summary: "Every collection's head, counts and proof; equal heads mean that nothing is to do",
    response: { 200: SyncStatusReply, ...errors(...sessionErrors) },
  };
  app.get("/api/v1/sync/status", { schema, config: { rateLimit: "sync_other" } }, (request) =>
    handlers.status({ session: sessionOf(request) }),
  );
}

function registerUpload(app: FastifyInstance, handlers: DeltaHandlers): void {
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
    upload.post<{ Params: { data_type: string }; Body: Buffer }>(
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
      async (request, reply) => sendReply(request, reply, await handlers.upload(toDeltaRequest(request))),
    );
  });
}

function registerPages(app: FastifyInstance, handlers: DeltaHandlers): void {
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
    async (request, reply) => sendReply(request, reply, await handlers.download(toDeltaRequest(request))),
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
    async (request, reply) => sendReply(request, reply, await handlers.deleted(toDeltaRequest(request))),
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
    async (request, reply) => sendReply(request, reply, await handlers.history(toDeltaRequest(request))),
  );
}

function registerProof(app: FastifyInstance, handlers: DeltaHandlers): void {
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
    (request) => handlers.putProof(toDeltaRequest(request)),
  );
}

/** Before the query is validated. */
function hasSince(query: unknown): boolean {
  return typeof query === "object" && query !== null && "since" in query;
}

function toDeltaRequest<P, Q, B>(
  request: Pick<FastifyRequest, "session" | "headers"> & {
    readonly params: P;
    readonly query: Q;
    readonly body: B;
  },
): DeltaRequest<P, Q, B> {
  const { params, query, headers, body } = request;
  return { session: sessionOf(request), params, query, headers, body };
}
