import { hkdfSync } from "node:crypto";
import type { AppContext } from "../app-context.ts";
import { revealSecret } from "../config/secret.ts";
import type { Secrets } from "../config/secrets.ts";
import { CursorCodec } from "./cursor.ts";
import type { DeltaPorts } from "./delta-handlers.ts";
import { PostgresStore } from "./postgres/postgres-store.ts";
import type { BatchRequest } from "./store.ts";
import type { UploadResult } from "./upload-delta.ts";

/** What the delta routes work with in production. */
export async function createDeltaPorts(context: AppContext): Promise<DeltaPorts> {
  const { config, pool, dataTypes, secrets } = context;
  return {
    dataTypes,
    store: await PostgresStore.open(pool, dataTypes, { tombstoneDays: config.tombstoneDays }),
    cursors: createCursorCodec(secrets),
    quota: { maxRecords: config.quotaRecords, maxBytes: config.quotaBytes },
    onBatch: (request, result) => tellBatch(context, request, result),
    onDownload: ({ deviceId }, { userId, dataType }, rows) => {
      const number = dataTypes.numberOf(dataType);
      context.audit.recordDownload({ userId, deviceId, dataType: number, action: "delta_download", rows });
      context.metrics.rowsSent.inc({ data_type: dataType }, rows);
    },
  };
}

export function createCursorCodec({ serverSecret }: Pick<Secrets, "serverSecret">): CursorCodec {
  return new CursorCodec(Buffer.from(hkdfSync("sha256", revealSecret(serverSecret), "", "owl1/server/cursor", 32)));
}

/** What the world may know once a batch is committed. */
function tellBatch(context: AppContext, request: BatchRequest, result: UploadResult): void {
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
