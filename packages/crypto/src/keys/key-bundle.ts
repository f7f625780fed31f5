import { limits } from "@owlivion/sync-protocol";
import type { Bytes } from "../bytes/bytes.ts";
import { maxKeyEpoch } from "../bytes/check.ts";
import { getU32, putU32 } from "../bytes/integers.ts";
import { CryptoError } from "../crypto-error.ts";
import type { RandomBytes } from "../random.ts";
import { AccountKey, IdKey } from "./secret-kinds.ts";
import { wrapOverheadBytes } from "./wrap-layout.ts";

export interface EpochKey {
  readonly keyEpoch: number;
  readonly key: AccountKey;
}

/** Everything that opens an account. The last account key is the current one. */
export interface KeyBundle {
  readonly idKey: IdKey;
  readonly accountKeys: readonly EpochKey[];
}

const format = 1;
const headBytes = 1 + 32 + 1;
const entryBytes = 4 + 32;
/** As many as a wrap can hold. */
export const maxAccountKeys = Math.floor((limits.maxWrapBytes - wrapOverheadBytes - headBytes) / entryBytes);

/** The bundle of a new account: one account key, of key epoch 1. */
export function createKeyBundle(random: RandomBytes): KeyBundle {
  return { idKey: new IdKey(random(32)), accountKeys: [{ keyEpoch: 1, key: new AccountKey(random(32)) }] };
}

export function currentKeyEpoch(bundle: KeyBundle): number {
  const last = bundle.accountKeys.at(-1);
  if (last === undefined) throw new CryptoError("INVALID_VALUE", "a key bundle has at least one account key");
  return last.keyEpoch;
}

/** The raw keys in one piece: to be wrapped or sealed, never stored as it is. */
export function exposeKeyBundle(bundle: KeyBundle): Bytes {
  const { accountKeys } = bundle;
  if (accountKeys.length === 0 || accountKeys.length > maxAccountKeys) {
    throw new CryptoError("INVALID_VALUE", `a key bundle has 1 to ${maxAccountKeys} account keys`);
  }
  const out = new Uint8Array(headBytes + entryBytes * accountKeys.length);
  out[0] = format;
  out.set(bundle.idKey.exposeSecretBytes(), 1);
  out[33] = accountKeys.length;
  accountKeys.forEach(({ keyEpoch, key }, i) => {
    putU32(out, headBytes + i * entryBytes, keyEpoch);
    out.set(key.exposeSecretBytes(), headBytes + i * entryBytes + 4);
  });
  if (!hasAscendingEpochs(accountKeys)) {
    out.fill(0);
    throw new CryptoError("INVALID_VALUE", "the key epochs of a bundle ascend from at least 1");
  }
  return out;
}

/** The inverse of `exposeKeyBundle`. */
export function keyBundleOf(bytes: Uint8Array): KeyBundle {
  const count = bytes[33] ?? 0;
  if (bytes[0] !== format || count === 0 || count > maxAccountKeys || bytes.length !== headBytes + entryBytes * count) {
    throw new CryptoError("CONTENT_INVALID", "not a key bundle");
  }
  const accountKeys = Array.from({ length: count }, (_, i) => {
    const at = headBytes + i * entryBytes;
    return { keyEpoch: getU32(bytes, at), key: new AccountKey(bytes.subarray(at + 4, at + entryBytes)) };
  });
  if (!hasAscendingEpochs(accountKeys)) throw new CryptoError("CONTENT_INVALID", "key epochs out of order");
  return { idKey: new IdKey(bytes.subarray(1, 33)), accountKeys };
}

function hasAscendingEpochs(accountKeys: readonly EpochKey[]): boolean {
  let previous = 0;
  return accountKeys.every(({ keyEpoch }) => {
    const ascends = Number.isInteger(keyEpoch) && keyEpoch > previous && keyEpoch <= maxKeyEpoch;
    previous = keyEpoch;
    return ascends;
  });
}
