import type { EngineContext } from "../engine/engine-context.ts";
import type { SyncEvent } from "../events/sync-event.ts";
import type { WriteTransaction } from "../store/store.ts";
import { editedTables } from "../engine/edit-record.ts";
import { areViewsSealed, restoreViews } from "../engine/lock-outbox.ts";
import { SyncError } from "../errors.ts";
import { assertNotErasing } from "../session/erase-store.ts";

/** What a local edit did, for everybody who wants to know. */
export interface EditResult<T> {
  readonly value: T;
  readonly changedIds: readonly string[];
  readonly events?: readonly SyncEvent[];
}

/** How a local edit goes in: one transaction, then the application, the other tabs and the loop are told. */
export interface Edits {
  run<T>(dataType: string, work: (tx: WriteTransaction) => Promise<EditResult<T>>): Promise<T>;
}

export function createEdits(context: EngineContext, onEdited: (dataType: string) => void): Edits {
  return {
    async run(dataType, work) {
      // A sign-in whose last step failed left them sealed.
      await restoreViews(context);
      const {
        value,
        changedIds,
        events = [],
      } = await context.store.write(editedTables, async (tx) => {
        await assertNotErasing(tx);
        // What was sealed at the sign-out cannot be seen: an edit over it would take its place.
        if (await areViewsSealed(tx)) throw new SyncError("LOCKED");
        return await work(tx);
      });
      if (changedIds.length > 0) {
        context.events.emit({ type: "change", dataType, recordIds: changedIds });
        context.store.announce({ type: "changed", dataType, recordIds: changedIds });
        context.store.announce({ type: "edited", dataType });
        onEdited(dataType);
      }
      for (const event of events) context.events.emit(event);
      return value;
    },
  };
}
