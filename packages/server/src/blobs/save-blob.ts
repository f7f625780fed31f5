import type { Pool } from "pg";
import { withTransaction } from "../db/with-transaction.ts";
import { ApiError } from "../errors.ts";
import {
  holdAccount,
  insertBlob,
  insertUploadAudit,
  lockBlob,
  readOtherBytes,
  replaceBlob,
  type BlobKey,
  type NewBlob,
  type SavedBlob,
} from "./blob-statements.ts";

interface SaveOptions {
  /** The version this replaces, 0 for none; undefined: whatever stands, the last write wins. */
  readonly expectedVersion: number | undefined;
  readonly quotaBytes: number;
}

/** Blob, counter and audit row together. VERSION_CONFLICT tells the version that stands; QUOTA_EXCEEDED. */
export function saveBlob(pool: Pool, key: BlobKey, blob: NewBlob, options: SaveOptions): Promise<SavedBlob> {
  return withTransaction(pool, async (client) => {
    if (!(await holdAccount(client, key.userId))) throw new ApiError("SESSION_REVOKED");
    // Two first uploads at once: the second waits in the insert, writes nothing, and comes round to lock the first's.
    for (;;) {
      const current = await lockBlob(client, key);
      const version = current?.version ?? 0;
      if (options.expectedVersion !== undefined && options.expectedVersion !== version) {
        throw new ApiError("VERSION_CONFLICT", { details: { version } });
      }
      const isLarger = blob.bytes.length > (current?.bytes ?? 0);
      if (isLarger && (await readOtherBytes(client, key)) + blob.bytes.length > options.quotaBytes) {
        throw new ApiError("QUOTA_EXCEEDED", { details: { quota_bytes: options.quotaBytes } });
      }
      const saved = current === null ? await insertBlob(client, key, blob) : await replaceBlob(client, key, blob);
      if (saved === null) continue;
      await insertUploadAudit(client, key, blob.deviceId);
      return saved;
    }
  });
}
