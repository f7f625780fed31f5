import { type SyncError, toSyncError } from "../errors.ts";
import type { EngineContext } from "../engine/engine-context.ts";
import { syncCollection, type SyncedCollection } from "../engine/sync-collection.ts";
import type { Progress } from "../status/sync-status.ts";
import type { CollectionStatus } from "../transport/replies.ts";

export interface RunOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** A collection was synced to its end. */
  readonly onSynced?: (dataType: string, result: SyncedCollection) => void;
}

export interface RunResult {
  readonly pulled: number;
  readonly pushed: number;
  readonly conflicts: number;
  readonly fullTypes: readonly string[];
  /** Collections whose head nobody has proved. */
  readonly unproved: readonly string[];
  /** What went wrong with single collections; the others were synced all the same. */
  readonly failures: readonly { readonly dataType: string; readonly error: SyncError }[];
}

/** Everything, after asking what there is to do: with nothing to do that is one request. */
export async function runEverything(
  context: EngineContext,
  options: RunOptions = {},
  dataTypes: readonly string[] = [...context.types.keys()],
): Promise<RunResult> {
  const status = await context.api.status(callOf(options));
  return await runTypes(context, dataTypes, options, status);
}

/**
 * Some collections, without asking first.
 *
 * @param status undefined: the server was not asked
 */
export async function runTypes(
  context: EngineContext,
  dataTypes: readonly string[],
  options: RunOptions = {},
  status?: ReadonlyMap<string, CollectionStatus | null>,
): Promise<RunResult> {
  const { onProgress, onSynced } = options;
  const results: SyncedCollection[] = [];
  const unproved: string[] = [];
  const fullTypes: string[] = [];
  const failures: { dataType: string; error: SyncError }[] = [];
  for (const dataType of dataTypes) {
    try {
      const result = await syncCollection(context, dataType, {
        ...callOf(options),
        ...(status === undefined ? {} : { status: status.get(dataType) ?? null }),
        onProgress: ({ receivedRecords: records, receivedBytes: bytes, totalRecords }) =>
          onProgress?.({ dataType, records, bytes, totalRecords }),
      });
      results.push(result);
      onSynced?.(dataType, result);
      if (result.needsProof) unproved.push(dataType);
      if (result.isFull) fullTypes.push(dataType);
    } catch (error) {
      const failure = toSyncError(error);
      if (stopsEverything(failure)) throw failure;
      failures.push({ dataType, error: failure });
    }
  }
  // The others were synced all the same; this one is tried again.
  const broken = failures.find(({ error }) => error.code === "INVALID_REPLY");
  if (broken !== undefined) throw broken.error;
  const sum = (field: "pulled" | "pushed" | "conflicts") => results.reduce((total, result) => total + result[field], 0);
  return {
    pulled: sum("pulled"),
    pushed: sum("pushed"),
    conflicts: sum("conflicts"),
    fullTypes,
    unproved,
    failures,
  };
}

/** The network, the session and the store concern all collections; a refusal, or an answer that makes no sense, its own. */
function stopsEverything(error: SyncError): boolean {
  if (error.code === "INVALID_REPLY") return false;
  if (error.retry === "retry" || error.retry === "reauth") return true;
  if (error.code === "CANCELLED" || error.code === "SYNC_CLOSED" || error.code.startsWith("STORE_")) return true;
  return error.retry === "person" && error.code !== "KEY_EPOCH_OUTDATED";
}

const callOf = ({ signal }: RunOptions) => (signal === undefined ? {} : { signal });
