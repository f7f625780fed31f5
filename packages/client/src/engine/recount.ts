import type { CollectionKeyring } from "@owlivion/sync-crypto";
import type { ReadTransaction } from "../store/store.ts";
import type { CollectionLedger } from "./collection-ledger.ts";
import { openLedger } from "./commit-rows.ts";
import { type EngineContext, unlockedKeys } from "./engine-context.ts";

const rowsPerStep = 500;

/** Adds the counted records up from nothing. The caller saves the answer, in the same transaction. */
export async function recount(
  tx: ReadTransaction,
  keys: CollectionKeyring,
  ledger: CollectionLedger,
): Promise<CollectionLedger> {
  const fresh = ledger.emptied(keys);
  for (let after = ""; ;) {
    const rows = await tx.scan("records", { prefix: `${keys.dataType}/`, after, limit: rowsPerStep });
    for (const row of rows) if (row.isCounted) fresh.add(row);
    if (rows.length < rowsPerStep) return fresh;
    after = rows.at(-1)!.key;
  }
}

/** Makes the sum what the rows say. */
export async function recountCollection(context: EngineContext, dataType: string): Promise<void> {
  await context.store.write(["collections", "records"], async (tx) => {
    const ledger = await openLedger(context, tx, dataType);
    await (await recount(tx, unlockedKeys(context, dataType), ledger)).save(tx);
  });
}
