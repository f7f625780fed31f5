import { createHash } from "node:crypto";
import type { Readable, Writable } from "node:stream";
import { finished, pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type { ClientBase, Pool } from "pg";
import { to as copyTo } from "pg-copy-streams";
import { readApplied } from "../db/migrate.ts";
import { withTransaction } from "../db/with-transaction.ts";
import { backupFormat, backupFormatVersion, type BackupHeader, type BackupTable, endOfTable } from "./backup-format.ts";
import { copySql, fixTextFormat } from "./copy-settings.ts";
import { countLines } from "./count-lines.ts";
import { readTables } from "./read-tables.ts";

/** Writes every table as it was at one moment, while the server goes on; returns what was written. */
export async function writeBackup(pool: Pool, output: Writable): Promise<BackupHeader> {
  return await withTransaction(
    pool,
    async (client) => {
      await fixTextFormat(client);
      const header = await describe(client);
      // Ciphertext does not compress: what gzip gains is the doubling by hex, and the fastest level gets that.
      await pipeline(generateBackup({ client, pool }, header), createGzip({ level: 1 }), output);
      return header;
    },
    { begin: "begin isolation level repeatable read read only" },
  );
}

async function describe(client: ClientBase): Promise<BackupHeader> {
  const { rows } = await client.query<{ now: string; version: string }>(
    "select to_char(now() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') as now, current_setting('server_version') as version",
  );
  return {
    format: backupFormat,
    formatVersion: backupFormatVersion,
    createdAt: rows[0]?.now ?? "",
    postgresVersion: rows[0]?.version ?? "",
    migrations: await readApplied(client),
    tables: await readTables(client),
  };
}

/** The transaction that reads, and where it can be interrupted from. */
type Source = { client: ClientBase; pool: Pool };

async function* generateBackup(source: Source, header: BackupHeader): AsyncGenerator<Buffer> {
  const hash = createHash("sha256");
  for await (const chunk of generateContent(source, header)) {
    hash.update(chunk);
    yield chunk;
  }
  yield Buffer.from(`${JSON.stringify({ sha256: hash.digest("hex") })}\n`);
}

/** A COPY that nobody reads to its end would hold its connection for ever: it is cancelled, and the rest thrown away. */
async function abandon(copy: Readable, pool: Pool, pid: number | undefined): Promise<void> {
  const ended = finished(copy).catch(() => {});
  copy.resume();
  await pool.query("select pg_cancel_backend($1)", [pid]).catch(() => {});
  await ended;
}

async function* generateContent(source: Source, header: BackupHeader): AsyncGenerator<Buffer> {
  yield Buffer.from(`${JSON.stringify(header)}\n`);
  for (const table of header.tables) {
    yield* generateRows(source, table);
    yield Buffer.from(endOfTable);
  }
}

async function* generateRows({ client, pool }: Source, table: BackupTable): AsyncGenerator<Buffer> {
  const backend = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
  const copy = client.query(copyTo(copySql(client, table, "to stdout")));
  let rows = 0;
  try {
    for await (const chunk of copy.iterator({ destroyOnReturn: false })) {
      if (!Buffer.isBuffer(chunk)) throw new Error("COPY gave something else than bytes");
      rows += countLines(chunk);
      yield chunk;
    }
  } finally {
    if (!copy.readableEnded) await abandon(copy, pool, backend.rows[0]?.pid);
  }
  if (rows !== table.rows) throw new Error(`${table.name}: ${table.rows} rows counted, ${rows} copied`);
}
