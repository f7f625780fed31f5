import type { PasswordHash } from "@owlivion/sync-crypto";
import type { EngineContext } from "../engine/engine-context.ts";
import { SyncError } from "../errors.ts";
import type { Edits } from "../sync/edits.ts";
import { exportAccountOf } from "./export-account.ts";
import { headerLine, parseLine, readContentLine } from "./export-format.ts";
import { emptyReport, type ImportOptions, type ImportReport } from "./import-report.ts";
import { ImportRun } from "./import-run.ts";
import { type ExportChunks, readLines } from "./read-lines.ts";
import { openChunks } from "./sealed-chunks.ts";

/**
 * Takes an export over as edits of this device, some records in each transaction. Nothing that is here and newer is overwritten,
 * and importing the same again changes nothing. When the end is missing it throws INVALID_EXPORT, with the report of what came
 * before it in `details`; `mode: "preview"` finds that out beforehand.
 */
export async function importData(
  context: EngineContext,
  edits: Edits,
  chunks: ExportChunks,
  options: ImportOptions,
  passwordHash: PasswordHash,
): Promise<ImportReport> {
  const report = emptyReport();
  const lines = await openExport(readLines(chunks)[Symbol.asyncIterator](), options.password, passwordHash);
  const first = await lines.next();
  const header = parseLine(headerLine, first.done === true ? undefined : first.value);
  const isSameAccount = header.account === exportAccountOf(context);
  const run = new ImportRun(context, edits, options, report, isSameAccount ? null : header.account);
  let isOver = false;
  try {
    for (let next = await lines.next(); next.done !== true; next = await lines.next()) {
      if (options.signal?.aborted === true) throw new SyncError("CANCELLED");
      const line = readContentLine(next.value);
      if (isOver) throw new SyncError("INVALID_EXPORT");
      if (line.type !== "end") await run.take(line);
      else if (line.records !== run.records || line.conflicts !== run.conflicts) throw new SyncError("INVALID_EXPORT");
      else isOver = true;
    }
    await run.flush();
    if (!isOver) throw new SyncError("INVALID_EXPORT");
  } catch (error) {
    if (!(error instanceof SyncError) || error.code !== "INVALID_EXPORT") throw error;
    throw new SyncError("INVALID_EXPORT", { details: report, cause: error });
  }
  return report;
}

async function openExport(
  lines: AsyncIterator<unknown>,
  password: string | undefined,
  passwordHash: PasswordHash,
): Promise<AsyncIterator<unknown>> {
  const first = await lines.next();
  if (first.done === true) throw new SyncError("INVALID_EXPORT");
  const isSealed = (first.value as { type?: unknown } | null)?.type === "sealed";
  if (!isSealed) return prepended(first.value, lines)[Symbol.asyncIterator]();
  if (password === undefined) throw new SyncError("PASSWORD_NEEDED");
  return openChunks(first.value, { [Symbol.asyncIterator]: () => lines }, password, passwordHash);
}

async function* prepended(first: unknown, rest: AsyncIterator<unknown>): AsyncGenerator<unknown> {
  yield first;
  yield* { [Symbol.asyncIterator]: () => rest };
}
