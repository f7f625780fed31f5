import type { Attention } from "../status/sync-status.ts";
import { readCollection } from "./collection-ledger.ts";
import type { EngineContext } from "./engine-context.ts";

export interface Counted {
  readonly waiting: number;
  readonly attention: readonly Attention[];
  /** When the server last took or gave something; null: never. */
  readonly lastSyncMs: number | null;
}

const scanned = ["outbox", "marks", "conflicts", "collections"] as const;

/** Counts what waits to be sent, and what waits for a person. */
export async function countAttention(context: Pick<EngineContext, "store" | "types">): Promise<Counted> {
  return await context.store.read(scanned, async (tx) => {
    const attention: Attention[] = [];
    let waiting = 0;
    let lastSyncMs: number | null = null;
    for (const dataType of context.types.keys()) {
      const add = (kind: Attention["kind"], count: number): void => {
        if (count > 0) attention.push({ kind, dataType, count });
      };
      const prefix = `${dataType}/`;
      const outbox = await tx.scan("outbox", { prefix });
      const marks = await tx.scan("marks", { prefix });
      const conflicts = await tx.scan("conflicts", { prefix });
      waiting += outbox.length;
      add("conflicts", conflicts.filter(({ resolvedMs }) => resolvedMs === null).length);
      add("deletions_held", outbox.filter(({ held }) => held === "deletions").length);
      add("edits_held", outbox.filter(({ held }) => held === "refused" || held === "too_large").length);
      add("deletions_staged", marks.filter(({ kind }) => kind === "staged").length);
      add("unreadable", marks.filter(({ kind }) => kind === "unreadable").length);
      add("unconfirmed", marks.filter(({ kind }) => kind === "unconfirmed").length);
      const collection = await readCollection(tx, dataType);
      add("integrity", collection.alarm === null ? 0 : 1);
      if (collection.lastSyncMs !== null) lastSyncMs = Math.max(lastSyncMs ?? 0, collection.lastSyncMs);
    }
    return { waiting, attention, lastSyncMs };
  });
}
