import type { DataType } from "../data-types/data-type.ts";
import type { ViewRow } from "../store/rows.ts";
import type { ReadTransaction } from "../store/store.ts";
import { type EngineContext, unlockedKeys } from "./engine-context.ts";
import { openKnown } from "./open-known.ts";
import { isSameValue } from "./reconcile-record.ts";
import { viewOf } from "./view-row.ts";

/** What judging one reads. */
export const viewTables = ["records", "views", "outbox", "marks"] as const;

/**
 * - `right`     what is visible is what the envelope says; or an edit waits, or a person has to decide
 * - `damaged`   it is something else, or is not there, or should not be
 * - `orphan`    it is visible, and there is neither an envelope nor an edit
 */
export type JudgedView =
  | { readonly state: "right" }
  | { readonly state: "damaged"; readonly wanted: ViewRow | null }
  | { readonly state: "orphan"; readonly recordId: string };

const right: JudgedView = { state: "right" };

/** Holds what is visible of a record against its envelope. */
export async function judgeView(
  context: EngineContext,
  tx: ReadTransaction,
  type: DataType,
  key: string,
): Promise<JudgedView> {
  if ((await tx.get("outbox", key)) !== undefined) return right;
  const known = await tx.get("records", key);
  const view = await tx.get("views", key);
  if (known === undefined) return view === undefined ? right : { state: "orphan", recordId: view.recordId };
  if ((await tx.get("marks", key)) !== undefined) return right;
  if (known.kind === "tombstone") return view === undefined ? right : { state: "damaged", wanted: null };
  const content = openKnown(unlockedKeys(context, type.name), known);
  if (content?.kind !== "put") return right;
  if (view !== undefined && isSameValue(view, content)) return right;
  return { state: "damaged", wanted: viewOf(type, known.recordId, content) };
}
