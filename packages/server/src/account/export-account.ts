import pg, { type Client, type ClientConfig } from "pg";
import { ApiError } from "../errors.ts";
import { accountParts, auditPart, collectionParts, type ExportPart } from "./export-lines.ts";

export const exportFormat = 1;

/** A reader that stops reading for so long is gone; one that reads for so long holds back the database's cleaning. */
const defaultIdleTimeoutMs = 60_000;
const longestMs = 60 * 60_000;

/**
 * Everything about an account as NDJSON, in one snapshot, some rows at a time. Binary is base64. The last line has the type
 * `end` and counts the others: a file without it is not whole. On a connection of its own, which a slow reader may keep.
 */
export async function openExport(
  connection: ClientConfig,
  userId: string,
  { idleTimeoutMs = defaultIdleTimeoutMs }: { idleTimeoutMs?: number } = {},
): Promise<OpenExport> {
  const client = new pg.Client({
    ...connection,
    connectionTimeoutMillis: 5000,
    application_name: "owlivion-sync-export",
  });
  const lost = new Promise<Error>((resolve) => client.on("error", resolve));
  await client.connect();
  try {
    await client.query("begin isolation level repeatable read read only");
    await client.query("select set_config('idle_in_transaction_session_timeout', $1, true)", [String(idleTimeoutMs)]);
    await assertExists(client, userId);
    return { lines: writeLines(client, userId), lost, close: () => client.end() };
  } catch (error) {
    await client.end();
    throw error;
  }
}

export interface OpenExport {
  readonly lines: AsyncGenerator<string>;
  /** The database ended the connection: it restarted, or nobody read for too long. */
  readonly lost: Promise<Error>;
  /** To be called however the reading ends; also when it never began. */
  close(): Promise<void>;
}

async function assertExists(client: Client, userId: string): Promise<void> {
  const { rowCount } = await client.query("select from users where user_id = $1", [userId]);
  if (rowCount !== 1) throw new ApiError("SESSION_REVOKED");
}

async function* writeLines(client: Client, userId: string): AsyncGenerator<string> {
  const deadline = performance.now() + longestMs;
  let lines = 0;
  async function* write(part: ExportPart, values: unknown[], common: object): AsyncGenerator<string> {
    await client.query(`declare part no scroll cursor for ${part.sql}`, values);
    for (;;) {
      if (performance.now() > deadline) throw new Error("the export was read too slowly");
      const { rows } = await client.query<Record<string, unknown>>(`fetch ${part.rowsAtOnce} from part`);
      if (rows.length === 0) break;
      lines += rows.length;
      yield rows.map((row) => line({ type: part.type, ...common, ...row })).join("");
    }
    await client.query("close part");
  }

  yield line({ type: "export", format: exportFormat, exported_at: new Date().toISOString() });
  for (const part of accountParts) yield* write(part, [userId], {});
  for (const { data_type, name } of await findCollections(client, userId)) {
    for (const part of collectionParts) yield* write(part, [userId, data_type], { data_type: name });
  }
  yield* write(auditPart, [userId], {});
  yield line({ type: "end", lines: lines + 1 });
}

async function findCollections(client: Client, userId: string): Promise<{ data_type: number; name: string }[]> {
  const { rows } = await client.query<{ data_type: number; name: string }>(
    `select t.data_type, t.name from data_types t
     where exists (select from sync_data s where s.user_id = $1 and s.data_type = t.data_type)
       or exists (select from sync_blobs b where b.user_id = $1 and b.data_type = t.data_type)
     order by t.name`,
    [userId],
  );
  return rows;
}

function line(row: Record<string, unknown>): string {
  const entries = Object.entries(row).map(([key, value]) => [
    key,
    Buffer.isBuffer(value) ? value.toString("base64") : value,
  ]);
  return `${JSON.stringify(Object.fromEntries(entries))}\n`;
}
