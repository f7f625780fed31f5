import type { EngineContext } from "../engine/engine-context.ts";
import { toSyncError } from "../errors.ts";
import { type TableName, tableNames } from "../store/rows.ts";
import type { Finding } from "./doctor-report.ts";

const rowsPerStep = 500;
/** Below it the next large edit may not fit. */
const scarceBytes = 16 * 1024 * 1024;

/** Whether every row of the store can be read, and how much room there is. */
export async function examineStorage(context: EngineContext): Promise<Finding> {
  const name = "storage" as const;
  try {
    const counts: Record<string, number> = {};
    for (const table of tableNames) counts[table] = await readAll(context, table);
    const { usedBytes, availableBytes } = await context.store.estimate();
    const isScarce = availableBytes !== null && availableBytes < scarceBytes;
    return {
      checks: [
        {
          name,
          dataType: null,
          state: isScarce ? "notice" : "ok",
          summary: isScarce ? "The device has hardly any room left." : "The local store can be read.",
          facts: { usedBytes, availableBytes, ...counts },
        },
      ],
      repairs: isScarce
        ? [
            {
              problem: "The device is almost full.",
              dataType: null,
              repair: "Make room; nothing of this store can go.",
            },
          ]
        : [],
    };
  } catch (error) {
    // The message may name files of the person.
    const { code } = toSyncError(error);
    return {
      checks: [{ name, dataType: null, state: "problem", summary: "The local store cannot be read.", facts: { code } }],
      repairs: [
        {
          problem: "The local store cannot be read.",
          dataType: null,
          repair:
            "Close other copies of this app and try again. If it stays so, erase this device's copy and sign in again.",
        },
      ],
    };
  }
}

async function readAll(context: EngineContext, table: TableName): Promise<number> {
  let count = 0;
  for (let after = ""; ;) {
    const range = { prefix: "", after, limit: rowsPerStep };
    const rows = await context.store.read([table], async (tx) => await tx.scan(table, range));
    count += rows.length;
    if (rows.length < rowsPerStep) return count;
    after = rows.at(-1)!.key;
  }
}
