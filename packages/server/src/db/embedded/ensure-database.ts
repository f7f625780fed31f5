import pg from "pg";

export const databaseName = "owlivion";

/** A new cluster has PostgreSQL's own databases only; this is also the first proof that it answers. */
export async function ensureDatabase(connection: { host: string; port: number; user: string }): Promise<void> {
  const client = new pg.Client({ ...connection, database: "postgres" });
  client.on("error", () => {}); // A lost connection also fails the query below, which reports it.
  await client.connect();
  try {
    const found = await client.query("select from pg_database where datname = $1", [databaseName]);
    if (found.rowCount === 0) await client.query(`create database ${databaseName}`);
  } finally {
    await client.end();
  }
}
