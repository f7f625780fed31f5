import { CollectionLedger, readCollection } from "../engine/collection-ledger.ts";
import { typeOf, unlockedKeys } from "../engine/engine-context.ts";
import { equalBytes } from "../engine/equal-bytes.ts";
import { judgeView, viewTables } from "../engine/judge-views.ts";
import { rebuildViews } from "../engine/rebuild-views.ts";
import { recount, recountCollection } from "../engine/recount.ts";
import { toSyncError } from "../errors.ts";
import type { Check, CheckName, Finding, Repair } from "./doctor-report.ts";
import type { DoctorParts } from "./doctor.ts";

const rowsPerStep = 500;
/** So many envelopes of a data type are opened unless all are asked for. */
const sampled = 500;

/** Whether the store agrees with itself: the sum with its rows, and what is visible with the envelopes. */
export async function examineIndex(parts: DoctorParts, dataType: string, full: boolean): Promise<Finding> {
  const findings = [
    await orUnknown("set_hash", dataType, () => examineSetHash(parts, dataType)),
    await orUnknown("index", dataType, () => examineViews(parts, dataType, full)),
  ];
  return { checks: findings.flatMap(({ checks }) => checks), repairs: findings.flatMap(({ repairs }) => repairs) };
}

async function examineSetHash({ context, syncNow }: DoctorParts, dataType: string): Promise<Finding> {
  const keys = unlockedKeys(context, dataType);
  // One transaction: a page that is applied in between would look like damage.
  const { row, count, setHash } = await context.store.read(["collections", "records"], async (tx) => {
    const row = await readCollection(tx, dataType);
    return { row, ...(await recount(tx, keys, new CollectionLedger(row, keys))).state };
  });
  const isSame = row.count === count && equalBytes(row.setHash, setHash.toBytes());
  const check: Check = {
    name: "set_hash",
    dataType,
    state: isSame ? "ok" : "problem",
    summary: isSame ? "The sum agrees with the records." : "The sum does not agree with the records.",
    facts: { records: count, storedRecords: row.count },
  };
  const repair: Repair = {
    problem: check.summary,
    dataType,
    repair: "Add the records up anew, and hold the sum against the newest proof.",
    run: async () => {
      await recountCollection(context, dataType);
      await syncNow();
    },
  };
  return { checks: [check], repairs: isSame ? [] : [repair] };
}

async function examineViews({ context }: DoctorParts, dataType: string, full: boolean): Promise<Finding> {
  const type = typeOf(context, dataType);
  const total = await context.store.read(["records"], async (tx) => await tx.count("records", `${dataType}/`));
  const every = full ? 1 : Math.max(1, Math.ceil(total / sampled));
  const counts = { checked: 0, damaged: 0, orphans: 0 };
  for (const table of ["records", "views"] as const) {
    for (let after = ""; ;) {
      const range = { prefix: `${dataType}/`, after, limit: rowsPerStep };
      const last = await context.store.read(viewTables, async (tx) => {
        const rows = await tx.scan(table, range);
        for (const { key } of rows.filter((_, i) => i % every === 0)) {
          const { state } = await judgeView(context, tx, type, key);
          if (table === "records") counts.checked += 1;
          if (table === "records" && state === "damaged") counts.damaged += 1;
          if (table === "views" && state === "orphan") counts.orphans += 1;
        }
        return rows.length < rowsPerStep ? null : rows.at(-1)!.key;
      });
      if (last === null) break;
      after = last;
    }
  }
  const wrong = counts.damaged + counts.orphans;
  const check: Check = {
    name: "index",
    dataType,
    state: wrong > 0 ? "problem" : "ok",
    summary:
      wrong > 0
        ? `What is visible of ${wrong} records is not what their envelopes say.`
        : "What is visible is what the envelopes say.",
    facts: { ...counts, records: total, full: every === 1 },
  };
  const repair: Repair = {
    problem: check.summary,
    dataType,
    repair: "Make the index anew from the envelopes. Edits that wait stay.",
    run: async () => void (await rebuildViews(context, dataType)),
  };
  return { checks: [check], repairs: wrong > 0 ? [repair] : [] };
}

async function orUnknown(name: CheckName, dataType: string, work: () => Promise<Finding>): Promise<Finding> {
  try {
    return await work();
  } catch (error) {
    const { code } = toSyncError(error);
    const check: Check = { name, dataType, state: "unknown", summary: "It could not be checked.", facts: { code } };
    return { checks: [check], repairs: [] };
  }
}
