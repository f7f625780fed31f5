import type { AdminEpoch } from "@owlivion/sync-protocol";
import { instantSql } from "../db/instant-sql.ts";
import type { Queryable } from "../db/queryable.ts";

export async function readEpochs(client: Queryable): Promise<AdminEpoch[]> {
  const { rows } = await client.query<AdminEpoch>(
    `select epoch, ${instantSql("began_at")} as began_at, reason, is_exact from epochs order by epoch_no desc`,
  );
  return rows;
}
