import { hash } from "node:crypto";
import {
  DesktopDownloadReply,
  DesktopUploadReply,
  DesktopUploadRequest,
  limits,
  Strict,
} from "@owlivion/sync-protocol";
import type { FastifyInstance } from "fastify";
import Type from "typebox";
import type { AppContext } from "../app-context.ts";
import { ApiError } from "../errors.ts";
import { bodyErrors, errors, sessionErrors } from "../http/documented-errors.ts";
import { sessionOf } from "../http/session.ts";
import { readBlob, type StoredBlob } from "./blob-statements.ts";
import { saveBlob } from "./save-blob.ts";

// Any text: what is not a configured data type is INVALID_DATA_TYPE.
const Params = Strict({ data_type: Type.String({ examples: ["contacts"] }) });
type Params = { data_type: string };

const uploadSchema = {
  tags: ["blobs"],
  summary: "Replace the blob, in the desktop app's form",
  description: "`version` is that app's format number and ignored: the last write wins. The reply's is the blob's own.",
  security: [{ bearer: [] }],
  params: Params,
  body: DesktopUploadRequest,
  response: {
    200: DesktopUploadReply,
    ...errors(...sessionErrors, ...bodyErrors, "INVALID_DATA_TYPE", "QUOTA_EXCEEDED"),
  },
};

const downloadSchema = {
  tags: ["blobs"],
  summary: "The blob, in the desktop app's form",
  description: "One written by `POST /sync/upload` is the base64 of its nonce and its bytes, joined.",
  security: [{ bearer: [] }],
  params: Params,
  response: {
    200: DesktopDownloadReply,
    ...errors(...sessionErrors, "INVALID_REQUEST", "INVALID_DATA_TYPE", "NO_DATA"),
  },
};

/** The same blobs as full sync, as the shipped desktop app asks for them. */
export function registerDesktopRoutes(app: FastifyInstance, context: AppContext): void {
  const { config, pool, dataTypes, audit } = context;

  app.post<{ Params: Params; Body: DesktopUploadRequest }>(
    "/api/v1/sync/:data_type",
    { schema: uploadSchema, bodyLimit: limits.maxBodyBytes, config: { rateLimit: "blob_upload" } },
    async (request) => {
      const { userId, deviceId } = sessionOf(request);
      const key = { userId, dataType: dataTypes.numberOf(request.params.data_type) };
      const bytes = readText(request.body.encrypted_data);
      const saved = await saveBlob(
        pool,
        key,
        { bytes, nonce: null, checksum: hash("sha256", bytes, "buffer"), isText: true, deviceId },
        { expectedVersion: undefined, quotaBytes: config.quotaBytes },
      );
      return { success: true, data: { version: saved.version, updated_at: saved.updatedAt } };
    },
  );

  app.get<{ Params: Params }>(
    "/api/v1/sync/:data_type",
    { schema: downloadSchema, config: { rateLimit: "blob_download" } },
    async (request) => {
      const { userId, deviceId } = sessionOf(request);
      const dataType = dataTypes.numberOf(request.params.data_type);
      const blob = await readBlob(pool, { userId, dataType });
      if (blob === null) throw new ApiError("NO_DATA");
      audit.recordDownload({ userId, deviceId, dataType, action: "blob_download", rows: 1 });
      return {
        success: true,
        data: { encrypted_data: writeText(blob), version: blob.version, updated_at: blob.updatedAt },
      };
    },
  );
}

/** Lone surrogates have no bytes in UTF-8: they would come back as something else. */
function readText(text: string): Buffer {
  if (!text.isWellFormed()) {
    const details = [{ field: "body/encrypted_data", problem: "is not well-formed Unicode" }];
    throw new ApiError("INVALID_REQUEST", { details });
  }
  const bytes = Buffer.from(text, "utf8");
  if (bytes.length > limits.maxBlobBytes) throw new ApiError("BODY_TOO_LARGE");
  return bytes;
}

function writeText(blob: StoredBlob): string {
  if (blob.isText) return blob.bytes.toString("utf8");
  return Buffer.concat([blob.nonce ?? Buffer.alloc(0), blob.bytes]).toString("base64");
}
