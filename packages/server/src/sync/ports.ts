import { hkdfSync } from "node:crypto";
import type { AppContext } from "../app-context.ts";
import { revealSecret } from "../config/secret.ts";
import { CursorCodec } from "./cursor.ts";
import type { Quota } from "./model.ts";
import { PostgresStore } from "./postgres/postgres-store.ts";
import type { DeltaStore } from "./store.ts";

/** What the delta routes work with. */
export interface SyncPorts {
  readonly context: AppContext;
  readonly store: DeltaStore;
  readonly cursors: CursorCodec;
  readonly quota: Quota;
}

export async function createSyncPorts(context: AppContext): Promise<SyncPorts> {
  const { config, pool, dataTypes, secrets } = context;
  const key = hkdfSync("sha256", revealSecret(secrets.serverSecret), "", "owl1/server/cursor", 32);
  return {
    context,
    store: await PostgresStore.open(pool, dataTypes, { tombstoneDays: config.tombstoneDays }),
    cursors: new CursorCodec(Buffer.from(key)),
    quota: { maxRecords: config.quotaRecords, maxBytes: config.quotaBytes },
  };
}
