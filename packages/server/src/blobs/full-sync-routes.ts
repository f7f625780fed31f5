import { hash } from "node:crypto";
import {
  DownloadBlobQuery,
  DownloadBlobReply,
  limits,
  UploadBlobReply,
  UploadBlobRequest,
} from "@owlivion/sync-protocol";
import type { FastifyInstance } from "fastify";
import type { AppContext } from "../app-context.ts";
import { decodeBase64 } from "../base64.ts";
import { ApiError } from "../errors.ts";
import { bodyErrors, errors, sessionErrors } from "../http/documented-errors.ts";
import { sessionOf } from "../http/session.ts";
import { readBlob } from "./blob-statements.ts";
import { saveBlob } from "./save-blob.ts";

const uploadSchema = {
  tags: ["blobs"],
  summary: "Replace the blob of a data type",
  description: "With `version` only if the blob still has it (0: if there is none yet); without, the last write wins.",
  security: [{ bearer: [] }],
  body: UploadBlobRequest,
  response: {
    200: UploadBlobReply,
    ...errors(
      ...sessionErrors,
      ...bodyErrors,
      "INVALID_DATA_TYPE",
      "CHECKSUM_MISMATCH",
      "DEVICE_MISMATCH",
      "VERSION_CONFLICT",
      "QUOTA_EXCEEDED",
    ),
  },
};

const downloadSchema = {
  tags: ["blobs"],
  summary: "The blob of a data type",
  description: "One that the desktop app wrote is the UTF-8 bytes of its text, and its `nonce` is null.",
  security: [{ bearer: [] }],
  querystring: DownloadBlobQuery,
  response: { 200: DownloadBlobReply, ...errors(...sessionErrors, "INVALID_REQUEST", "INVALID_DATA_TYPE", "NO_DATA") },
};

/** Full sync. Deltas neither make nor touch a blob, and a blob no records (S17). */
export function registerFullSyncRoutes(app: FastifyInstance, context: AppContext): void {
  const { config, pool, dataTypes, audit } = context;

  app.post<{ Body: UploadBlobRequest }>(
    "/api/v1/sync/upload",
    { schema: uploadSchema, bodyLimit: limits.maxBodyBytes, config: { rateLimit: "blob_upload" } },
    async (request) => {
      const { userId, deviceId } = sessionOf(request);
      const { body } = request;
      if (body.device_id.toLowerCase() !== deviceId) throw new ApiError("DEVICE_MISMATCH");
      const key = { userId, dataType: dataTypes.numberOf(body.data_type) };
      const bytes = readBytes("encrypted_blob", body.encrypted_blob, 1, limits.maxBlobBytes);
      const nonce = readBytes("nonce", body.nonce, limits.minNonceBytes, limits.maxNonceBytes);
      const checksum = readBytes("checksum", body.checksum, limits.checksumBytes, limits.checksumBytes);
      if (!hash("sha256", bytes, "buffer").equals(checksum)) throw new ApiError("CHECKSUM_MISMATCH");
      const saved = await saveBlob(
        pool,
        key,
        { bytes, nonce, checksum, isText: false, deviceId },
        { expectedVersion: body.version, quotaBytes: config.quotaBytes },
      );
      return {
        success: true,
        data: { data_type: body.data_type, version: saved.version, synced_at: saved.updatedAt },
      };
    },
  );

  app.get<{ Querystring: DownloadBlobQuery }>(
    "/api/v1/sync/download",
    { schema: downloadSchema, config: { rateLimit: "blob_download" } },
    async (request) => {
      const { userId, deviceId } = sessionOf(request);
      const dataType = dataTypes.numberOf(request.query.data_type);
      const blob = await readBlob(pool, { userId, dataType });
      if (blob === null) throw new ApiError("NO_DATA");
      audit.recordDownload({ userId, deviceId, dataType, action: "blob_download", rows: 1 });
      return {
        success: true,
        data: {
          data_type: request.query.data_type,
          encrypted_blob: blob.bytes.toString("base64"),
          nonce: blob.nonce?.toString("base64") ?? null,
          checksum: blob.checksum.toString("base64"),
          version: blob.version,
          synced_at: blob.updatedAt,
          device_id: blob.deviceId,
        },
      };
    },
  );
}

function readBytes(field: string, text: string, minBytes: number, maxBytes: number): Buffer {
  const bytes = decodeBase64(text);
  if (bytes === null || bytes.length < minBytes || bytes.length > maxBytes) {
    const problem = bytes === null ? "is not strict base64" : `has ${bytes.length} bytes`;
    throw new ApiError("INVALID_REQUEST", { details: [{ field: `body/${field}`, problem }] });
  }
  return bytes;
}
