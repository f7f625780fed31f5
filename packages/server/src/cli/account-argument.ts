import type { Pool } from "pg";
import { findAccountId } from "../admin/find-account-id.ts";
import { OperatorError } from "../operator-error.ts";

export async function accountIdOf(pool: Pool, addressOrId: string): Promise<string> {
  const id = await findAccountId(pool, addressOrId);
  if (id === null) throw new OperatorError(`There is no account ${addressOrId}.`);
  return id;
}
