import { type EngineContext, typeOf, unlockedKeys } from "../engine/engine-context.ts";
import { openRows } from "../engine/open-rows.ts";
import { readPast } from "../engine/read-past.ts";
import type { ViewRow } from "../store/rows.ts";
import { hashOf, isSameFields, readViews, Restore, wanted } from "./apply-restore.ts";
import type { Edits } from "./edits.ts";
import type { Planned, RestorePoint, RestorePreview } from "./restore-preview.ts";

/** Compares a collection with what it was. Nothing changes before `apply`. */
export async function restoreTo(
  context: EngineContext,
  edits: Edits,
  dataType: string,
  point: RestorePoint,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<RestorePreview> {
  typeOf(context, dataType);
  const keys = unlockedKeys(context, dataType);
  const seen = new Set<string>();
  const plan: Planned[] = [];
  const counts = { bringBack: 0, revert: 0, remove: 0, unchanged: 0, unreadable: 0 };
  let asOf = 0;
  for await (const { version, rows } of readPast(context, dataType, toAsOf(point), signal)) {
    asOf = version;
    const views = await readViews(context, dataType, rows);
    for (const [i, { row, content }] of openRows(keys, rows).entries()) {
      const { recordId } = row;
      seen.add(recordId);
      const view = views[i];
      if (content?.kind !== "put") counts.unreadable += 1;
      else if (view !== undefined && isSameFields(view.fields, wanted(context, dataType, content.fields))) {
        counts.unchanged += 1;
      } else {
        const kind = view === undefined ? "bring_back" : "revert";
        counts[kind === "revert" ? "revert" : "bringBack"] += 1;
        plan.push({ recordId, kind, past: row.envelope, nowHash: hashOf(view) });
      }
    }
  }
  for await (const views of eachViews(context, dataType)) {
    for (const view of views) {
      if (seen.has(view.recordId)) continue;
      counts.remove += 1;
      plan.push({ recordId: view.recordId, kind: "remove", past: null, nowHash: hashOf(view) });
    }
  }
  const restore = new Restore(context, edits, dataType);
  return {
    dataType,
    asOf,
    counts,
    changes: () => restore.changes(plan),
    apply: async (options = {}) => await restore.apply(plan, options),
  };
}

async function* eachViews(context: EngineContext, dataType: string): AsyncGenerator<ViewRow[]> {
  for (let after = ""; ;) {
    const range = { prefix: `${dataType}/`, after, limit: 500 };
    const rows = await context.store.read(["views"], async (tx) => await tx.scan("views", range));
    yield rows;
    if (rows.length < range.limit) return;
    after = rows.at(-1)!.key;
  }
}

function toAsOf(point: RestorePoint): number | string {
  if (typeof point === "string") return point;
  if (point instanceof Date) return point.toISOString();
  return point.version;
}
