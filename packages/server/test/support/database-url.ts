import pg from "pg";

/** A socket as a URL: the folder stands percent-encoded where the host does. */
export function socketUrl(connection: { host: string; port: number; user: string }, database: string): string {
  return `postgres://${connection.user}@${encodeURIComponent(connection.host)}:${connection.port}/${database}`;
}

export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

export async function runSql(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
