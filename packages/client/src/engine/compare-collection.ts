import { hashEnvelope } from "@owlivion/sync-crypto";
import type { RecordRow } from "../store/rows.ts";
import { type EngineContext } from "./engine-context.ts";
import { equalBytes } from "./equal-bytes.ts";

/** What the server offers of a record: the hash of its envelope; null for a deletion that nobody sealed. */
export interface ServerRecord {
  readonly kind: "put" | "tombstone";
  readonly hash: Uint8Array | null;
}

/** What the server has of a collection, from its beginning, apart from the store. Some 100 bytes for each record. */
export async function readServersRecords(
  context: EngineContext,
  dataType: string,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, ServerRecord>> {
  const records = new Map<string, ServerRecord>();
  for (let cursor = "initial"; ;) {
    const input = cursor === "initial" ? { dataType, cursor, tombstones: true } : { dataType, cursor };
    const page = await context.api.pullPage(input, signal === undefined ? {} : { signal });
    for (const { recordId, kind, envelope } of page.rows) {
      records.set(recordId, { kind, hash: envelope === null ? null : hashEnvelope(envelope) });
    }
    if (!page.hasMore) return records;
    cursor = page.nextCursor;
  }
}

export function isSameRow(row: RecordRow, there: ServerRecord | undefined): boolean {
  if (there === undefined || there.kind !== row.kind || row.hash === null || there.hash === null) return false;
  return equalBytes(row.hash, there.hash);
}

/** Where the server and this device do not agree, in ids of records. */
export interface Difference {
  /** Acknowledged, and the server offers nothing of them. */
  readonly missing: readonly string[];
  /** The server has another version: an older one, or one that is newer and not here yet. */
  readonly different: readonly string[];
  /** Deleted here, and live on the server. */
  readonly resurrected: readonly string[];
  /** On the server alone. */
  readonly extra: readonly string[];
}

export async function compareCollection(
  context: EngineContext,
  dataType: string,
  signal?: AbortSignal,
): Promise<Difference> {
  const server = await readServersRecords(context, dataType, signal);
  const missing: string[] = [];
  const different: string[] = [];
  const resurrected: string[] = [];
  const seen = new Set<string>();
  for await (const rows of eachRecords(context, dataType)) {
    for (const row of rows) {
      seen.add(row.recordId);
      const there = server.get(row.recordId);
      if (isSameRow(row, there)) continue;
      if (there?.kind !== "put") {
        if (row.isCounted) missing.push(row.recordId);
      } else if (row.kind === "tombstone") resurrected.push(row.recordId);
      else different.push(row.recordId);
    }
  }
  const extra = [...server].filter(([recordId, { kind }]) => kind === "put" && !seen.has(recordId));
  return { missing, different, resurrected, extra: extra.map(([recordId]) => recordId) };
}

const rowsPerStep = 500;

export async function* eachRecords(context: EngineContext, dataType: string): AsyncGenerator<RecordRow[]> {
  for (let after = ""; ;) {
    const range = { prefix: `${dataType}/`, after, limit: rowsPerStep };
    const rows = await context.store.read(["records"], async (tx) => await tx.scan("records", range));
    yield rows;
    if (rows.length < rowsPerStep) return;
    after = rows.at(-1)!.key;
  }
}
