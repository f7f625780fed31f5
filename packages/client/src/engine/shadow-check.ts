import { hashEnvelope, SetHash } from "@owlivion/sync-crypto";
import { SyncError } from "../errors.ts";
import type { StoredProof } from "../transport/replies.ts";
import { type EngineContext, unlockedKeys } from "./engine-context.ts";

/**
 * - `local`    what the server has agrees with the proof: this device's copy is damaged, and is read anew
 * - `server`   what the server has does not agree: records are missing, old or foreign
 * - `moved`    somebody wrote meanwhile; nothing can be said
 */
export type ShadowResult = "local" | "server" | "moved";

/**
 * Before the alarm: reads the whole collection once more, apart from the store, and compares its set hash with the proof that did not
 * agree. Holds 32 bytes for each record, and changes nothing.
 */
export async function shadowCheck(
  context: EngineContext,
  dataType: string,
  proof: StoredProof,
  signal?: AbortSignal,
): Promise<ShadowResult> {
  const keys = unlockedKeys(context, dataType);
  const hashes = new Map<string, Uint8Array>();
  let cursor = "initial";
  let head = 0;
  let last = 0;
  for (;;) {
    const page = await context.api.pullPage({ dataType, cursor }, signal === undefined ? {} : { signal });
    for (const row of page.rows) {
      if (row.kind === "put") hashes.set(row.recordId, hashEnvelope(row.envelope));
      else hashes.delete(row.recordId);
    }
    const first = page.rows[0]?.version ?? Infinity;
    if (first <= last) throw new SyncError("INVALID_REPLY");
    last = page.rows.at(-1)?.version ?? last;
    ({ head } = page);
    if (!page.hasMore) break;
    cursor = page.nextCursor;
  }
  // A head that is lower than what was proved is a lie by itself.
  if (proof.version !== head) return head > proof.version ? "moved" : "server";
  const setHash = SetHash.empty();
  for (const [recordId, hash] of hashes) setHash.add(keys.setHashTerm(recordId, hash));
  const { epoch, version } = proof;
  return keys.verify({ epoch, version, count: hashes.size, setHash }, proof.proof) ? "local" : "server";
}
