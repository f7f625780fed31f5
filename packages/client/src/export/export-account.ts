import { type EngineContext, unlockedKeys } from "../engine/engine-context.ts";
import { SyncError } from "../errors.ts";

/** Tells an export of this account from those of others, by a keyed hash: it tells nothing to who has not the keys. */
export function exportAccountOf(context: EngineContext): string {
  const keyring = context.keyring();
  if (keyring === null) throw new SyncError("LOCKED");
  return unlockedKeys(context, "export").recordId(keyring.accountId, 0);
}
