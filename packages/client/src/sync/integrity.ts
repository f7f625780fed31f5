import { compareCollection, type Difference } from "../engine/compare-collection.ts";
import { readCollection } from "../engine/collection-ledger.ts";
import { type EngineContext, typeOf, unlockedKeys } from "../engine/engine-context.ts";
import { takeServers, trustDevice } from "../engine/settle-alarm.ts";
import { SyncError } from "../errors.ts";

/** The server contradicts what this device has seen, or what other devices proved. */
export interface IntegrityAlarm {
  readonly dataType: string;
  /**
   * `proof_mismatch`, `proof_withheld`; `head_went_back`, `cursor_went_back`; `replayed`, `forked`, `unlinked`: see docs/client.md.
   */
  readonly problem: string;
  /** Everything up to this version was here. */
  readonly position: number;
  readonly records: number;
  /** The newest version that agreed with a proof; null: none did. */
  readonly verifiedVersion: number | null;
  readonly provedVersion: number;
}

export interface Integrity {
  /** What was found and is not decided yet. Syncing goes on; nothing is proved meanwhile. */
  list(): Promise<IntegrityAlarm[]>;
  /** Reads what the server has once more, and tells where it differs. Changes nothing. */
  examine(dataType: string, options?: { readonly signal?: AbortSignal }): Promise<Difference>;
  /**
   * What is here counts: what the server lacks is sent again, what it has besides is merged, and this device proves the result.
   * Throws NOTHING_TO_CONFIRM when there is no alarm.
   */
  trustThisDevice(dataType: string): Promise<void>;
  /**
   * What the server has counts. What this device had instead waits in the conflict journal; edits that were not sent stay.
   * Throws NOTHING_TO_CONFIRM when there is no alarm.
   */
  takeServers(dataType: string, options?: { readonly signal?: AbortSignal }): Promise<void>;
}

/** @param syncNow ends what was begun; failing, the next sync does it */
export function createIntegrity(context: EngineContext, syncNow: () => Promise<unknown>): Integrity {
  const requireAlarm = async (dataType: string): Promise<void> => {
    typeOf(context, dataType);
    unlockedKeys(context, dataType);
    const row = await context.store.read(["collections"], async (tx) => await readCollection(tx, dataType));
    if (row.alarm === null)
      throw new SyncError("NOTHING_TO_CONFIRM", { message: "There is no alarm to decide about." });
  };
  return {
    async list() {
      const rows = await context.store.read(
        ["collections"],
        async (tx) => await tx.scan("collections", { prefix: "" }),
      );
      return rows.flatMap(({ key, alarm, position, count, verified, provedVersion }) =>
        alarm === null
          ? []
          : [
              {
                dataType: key,
                problem: alarm,
                position,
                records: count,
                verifiedVersion: verified?.version ?? null,
                provedVersion,
              },
            ],
      );
    },
    async examine(dataType, { signal } = {}) {
      typeOf(context, dataType);
      return await compareCollection(context, dataType, signal);
    },
    async trustThisDevice(dataType) {
      await requireAlarm(dataType);
      await trustDevice(context, dataType);
      await syncNow();
    },
    async takeServers(dataType, { signal } = {}) {
      await requireAlarm(dataType);
      await takeServers(context, dataType, signal);
      await syncNow();
    },
  };
}
