import { appliedTables } from "./apply-rows.ts";
import { tellApplied } from "./commit-rows.ts";
import { retryUnreadable } from "./decide-marks.ts";
import type { EngineContext } from "./engine-context.ts";
import { restoreViews } from "./lock-outbox.ts";

/** Once the keys are there: what was sealed away is visible again, and what could not be opened may be now. */
export async function openWhatCanBe(context: EngineContext): Promise<void> {
  await restoreViews(context);
  for (const dataType of context.types.keys()) {
    const prefix = `${dataType}/`;
    const marked = await context.store.read(["marks"], async (tx) => await tx.count("marks", prefix));
    if (marked === 0) continue;
    const applied = await context.store.write(
      appliedTables,
      async (tx) => await retryUnreadable(context, tx, dataType),
    );
    if (applied !== null) tellApplied(context, dataType, applied);
  }
}
