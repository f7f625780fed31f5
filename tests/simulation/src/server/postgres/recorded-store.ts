import type { BatchRequest, Decision, DeltaStore } from "@owlivion/sync-server/handlers";

/** A batch on its way into the database. */
export interface AppliedBatch {
  readonly request: BatchRequest;
  readonly decision: Decision;
  readonly epoch: string;
  readonly headBefore: number;
}

/** The store of production, which tells of each batch right before the statement that writes it. */
export function recordedStore(store: DeltaStore, onApply: (batch: AppliedBatch) => void): DeltaStore {
  return {
    withBatch: (request, work) =>
      store.withBatch(request, (open) =>
        work({
          ...open,
          apply(decision, answer) {
            onApply({ request, decision, epoch: open.epoch, headBefore: open.state.head });
            return open.apply(decision, answer);
          },
        }),
      ),
    readPage: (query) => store.readPage(query),
    readSince: (query) => store.readSince(query),
    versionAt: (key, at) => store.versionAt(key, at),
    readHistory: (query) => store.readHistory(query),
    putProof: (key, proof) => store.putProof(key, proof),
    beginEpoch: (expected) => store.beginEpoch(expected),
    readStatus: (userId) => store.readStatus(userId),
    listEpochs: (key) => store.listEpochs(key),
  };
}
