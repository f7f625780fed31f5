import type { PasswordHash } from "@owlivion/sync-crypto";
import type { EngineContext } from "../engine/engine-context.ts";
import { typeOf } from "../engine/engine-context.ts";
import { SyncError } from "../errors.ts";
import { checkNewPassword } from "../session/check-password.ts";
import type { ConflictRow, ViewRow } from "../store/rows.ts";
import { exportFormat, exportVersion, writeStamps } from "./export-format.ts";
import { exportAccountOf } from "./export-account.ts";
import { sealChunks } from "./sealed-chunks.ts";

export interface ExportOptions {
  /** All when absent. */
  readonly dataTypes?: readonly string[];
  /** Seals the whole; without it the export is readable text. */
  readonly password?: string;
}

const rowsPerStep = 500;
const chunkChars = 64 * 1024;

/**
 * What is visible on this device, edits that were not sent included, as chunks of NDJSON text. What a person edits meanwhile may
 * be in it or not.
 */
export async function* exportData(
  context: EngineContext,
  options: ExportOptions,
  passwordHash: PasswordHash,
): AsyncGenerator<string> {
  const { dataTypes = [...context.types.keys()], password } = options;
  for (const dataType of dataTypes) typeOf(context, dataType);
  if (password !== undefined) checkNewPassword(password, "");
  const chunks = joined(exportLines(context, dataTypes));
  if (password === undefined) yield* chunks;
  else yield* sealChunks(chunks, password, { random: context.ports.random, passwordHash });
}

async function* joined(lines: AsyncIterable<object>): AsyncGenerator<string> {
  let chunk = "";
  for await (const line of lines) {
    chunk += `${JSON.stringify(line)}\n`;
    if (chunk.length < chunkChars) continue;
    yield chunk;
    chunk = "";
  }
  yield chunk;
}

async function* exportLines(context: EngineContext, dataTypes: readonly string[]): AsyncGenerator<object> {
  yield {
    type: "header",
    format: exportFormat,
    version: exportVersion,
    exported_at: new Date(context.correctedNow()).toISOString(),
    account: exportAccountOf(context),
    data_types: dataTypes,
  };
  let records = 0;
  let conflicts = 0;
  for (const dataType of dataTypes) {
    for await (const row of eachRow(context, "views", dataType)) {
      records += 1;
      yield recordLineOf(dataType, row);
    }
    for await (const row of eachRow(context, "conflicts", dataType)) {
      if (row.resolvedMs !== null) continue;
      conflicts += 1;
      yield conflictLineOf(row);
    }
  }
  yield { type: "end", records, conflicts };
}

async function* eachRow<T extends "views" | "conflicts">(
  context: EngineContext,
  table: T,
  dataType: string,
): AsyncGenerator<T extends "views" ? ViewRow : ConflictRow> {
  for (let after = ""; ;) {
    // Locked meanwhile: what is left of the plaintext is going, and half an export is none.
    if (context.keyring() === null) throw new SyncError("LOCKED");
    const range = { prefix: `${dataType}/`, after, limit: rowsPerStep };
    const rows = await context.store.read([table], async (tx) => await tx.scan(table, range));
    yield* rows as (T extends "views" ? ViewRow : ConflictRow)[];
    if (rows.length < rowsPerStep) return;
    after = rows.at(-1)!.key;
  }
}

const recordLineOf = (dataType: string, { recordId, schema, fields, stamps }: ViewRow) => ({
  type: "record",
  data_type: dataType,
  id: recordId,
  schema,
  fields,
  stamps: writeStamps(stamps),
});

const conflictLineOf = (row: ConflictRow) => ({
  type: "conflict",
  data_type: row.dataType,
  record_id: row.recordId,
  id: row.key.slice(row.key.lastIndexOf("/") + 1),
  kind: row.kind,
  base: row.base,
  local: row.local,
  remote: row.remote,
  merged: row.merged,
  fields: row.clashes,
  remote_device_id: row.remoteDeviceId,
  since_ms: row.sinceMs,
});
