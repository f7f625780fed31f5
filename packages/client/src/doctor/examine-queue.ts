import { dropBatch } from "../engine/settle-batch.ts";
import type { HoldReason } from "../store/rows.ts";
import type { Check, Finding, Repair } from "./doctor-report.ts";
import type { DoctorParts } from "./doctor.ts";

/** An edit that waits so long while the server answers is stuck. */
const stuckMs = 10 * 60 * 1000;

const holdRepairs: Record<HoldReason, { readonly problem: string; readonly repair: string }> = {
  deletions: {
    problem: "Many deletions wait for a decision.",
    repair: "Confirm them, or undo them: sync.deletions.",
  },
  unreadable: {
    problem: "Edits wait because the server's version cannot be opened.",
    repair: "Decide in the conflict journal whether the edit goes over it.",
  },
  refused: {
    problem: "The server refuses edits.",
    repair: "Look at the record in the conflict journal: change it, send it again or give it up.",
  },
  too_large: {
    problem: "Records are too large to be sent.",
    repair: "Make them smaller; they are kept here as they are.",
  },
};

/** What waits to be sent, and what holds it up. */
export async function examineQueue(
  { context, syncNow }: DoctorParts,
  dataType: string,
  isServerThere: boolean,
): Promise<Finding> {
  const { outbox, batch } = await context.store.read(["outbox", "batches"], async (tx) => ({
    outbox: await tx.scan("outbox", { prefix: `${dataType}/` }),
    batch: await tx.get("batches", dataType),
  }));
  const nowMs = context.correctedNow();
  const held = { deletions: 0, unreadable: 0, refused: 0, too_large: 0 };
  for (const row of outbox) if (row.held !== null) held[row.held] += 1;
  const isFree = outbox.filter((row) => row.held === null);
  const oldestMs = isFree.reduce((oldest, { editedAtMs }) => Math.max(oldest, nowMs - editedAtMs), 0);
  const isStuck = isServerThere && oldestMs > stuckMs;
  const heldCount = outbox.length - isFree.length;
  const check: Check = {
    name: "queue",
    dataType,
    state: isStuck || heldCount > 0 ? "problem" : "ok",
    summary: isStuck
      ? "Edits wait for long, although the server answers."
      : heldCount > 0
        ? `${heldCount} edits wait for a decision.`
        : outbox.length === 0
          ? "Everything was sent."
          : `${outbox.length} edits wait to be sent.`,
    facts: {
      waiting: isFree.length,
      inFlight: batch?.entries.length ?? 0,
      heldDeletions: held.deletions,
      heldUnreadable: held.unreadable,
      heldRefused: held.refused,
      heldTooLarge: held.too_large,
      oldestSeconds: Math.round(oldestMs / 1000),
    },
  };
  const repairs: Repair[] = (Object.keys(holdRepairs) as HoldReason[])
    .filter((reason) => held[reason] > 0)
    .map((reason) => ({ dataType, ...holdRepairs[reason] }));
  if (isStuck)
    repairs.push({
      problem: "Edits are not sent.",
      dataType,
      repair: "Sync now.",
      run: async () => void (await syncNow()),
    });
  if (isStuck && batch !== undefined) {
    repairs.push({
      problem: "A batch of edits gets no definite answer.",
      dataType,
      // Each change names the version it was made on: what the server has taken already meets itself, and is not made twice.
      repair: "Give the batch up and send its edits in a new one; nothing is lost or doubled.",
      run: async () => {
        await dropBatch(context, batch);
        await syncNow();
      },
    });
  }
  return { checks: [check], repairs };
}
