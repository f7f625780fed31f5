import type { CollectionKeyring, Keyring } from "@owlivion/sync-crypto";
import type { DataType } from "../data-types/data-type.ts";
import { SyncError } from "../errors.ts";
import type { EventHub, SyncEvent } from "../events/sync-event.ts";
import type { Ports } from "../ports.ts";
import type { Store } from "../store/store.ts";
import type { Api } from "../transport/api.ts";

/** What the engine works with. The keyring is asked for anew each time: the person may lock it. */
export interface EngineContext {
  readonly store: Store;
  readonly api: Api;
  readonly ports: Ports;
  readonly types: ReadonlyMap<string, DataType>;
  readonly events: EventHub<SyncEvent>;
  /** Null while locked or signed out. */
  keyring(): Keyring | null;
  /** Of the account when the keys came: another one in the store means that a tab has taken them away since. */
  lockCount(): number;
  deviceId(): string;
  /** The device's clock, corrected by the server's. */
  correctedNow(): number;
}

export function typeOf(context: Pick<EngineContext, "types">, dataType: string): DataType {
  const type = context.types.get(dataType);
  if (type === undefined) throw new SyncError("UNKNOWN_DATA_TYPE", { message: `There is no data type ${dataType}.` });
  return type;
}

/** Throws LOCKED. */
export function unlockedKeys(context: Pick<EngineContext, "keyring">, dataType: string): CollectionKeyring {
  const keyring = context.keyring();
  if (keyring === null) throw new SyncError("LOCKED");
  return keyring.collection(dataType);
}
