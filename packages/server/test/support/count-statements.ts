import type { Pool, PoolClient } from "pg";

/** The texts of the statements that a pool's connections run while `work` runs. */
export async function recordStatements(pool: Pool, work: () => Promise<unknown>): Promise<string[]> {
  const texts: string[] = [];
  const watched = new Map<PoolClient, PoolClient["query"]>();
  const watch = (client: PoolClient) => {
    if (watched.has(client)) return;
    const query = client.query;
    watched.set(client, query);
    client.query = function (this: PoolClient, ...args: unknown[]) {
      const [first] = args;
      texts.push(typeof first === "string" ? first : String((first as { text?: string }).text));
      return Reflect.apply(query, this, args);
    } as PoolClient["query"];
  };
  pool.on("acquire", watch);
  try {
    await work();
  } finally {
    pool.off("acquire", watch);
    for (const [client, query] of watched) client.query = query;
  }
  return texts;
}
