import {
  AccountKey,
  deriveCollectionKey,
  deriveLocalKey,
  deriveProofKey,
  exposeKeyBundle,
  IdKey,
  KeyEncryptionKey,
  maxAccountKeys,
  RecoveryWrapKey,
  type KeyBundle,
} from "@owlivion/sync-crypto";
import { wrapKeyBundle, type WrappingKey } from "@owlivion/sync-crypto/account";
import { dataTypes, hex, VectorRandom, words } from "./random.ts";
import type { VectorFile } from "./vector-file.ts";

export function keyVectors(): VectorFile {
  const random = new VectorRandom("keys");
  const cases = [1, 2, 3, 255, 65_536, 0xffffffff].flatMap((keyEpoch) =>
    dataTypes.flatMap((dataType) =>
      Array.from({ length: 4 }, (_, i) => {
        const accountKey = new AccountKey(random.bytes(32));
        const accountId = random.uuid();
        const place = { accountId, keyEpoch, dataType };
        const label = words.filter((word) => word !== "")[(i * 7 + keyEpoch) % (words.length - 1)]!;
        return {
          accountKey: hex(accountKey.exposeSecretBytes()),
          ...place,
          collectionKey: hex(deriveCollectionKey(accountKey, place).exposeSecretBytes()),
          proofKey: hex(deriveProofKey(accountKey, place).exposeSecretBytes()),
          label,
          localKey: hex(deriveLocalKey(accountKey, accountId, label).exposeSecretBytes()),
        };
      }),
    ),
  );
  return { about: "Keys derived from an account key", cases };
}

const epochLists = [
  [1],
  [1, 2],
  [2],
  [1, 3, 7],
  [0xffffffff],
  [1, 0xffffffff],
  Array.from({ length: maxAccountKeys }, (_, i) => i + 1),
];

export function randomBundle(random: VectorRandom, epochs: readonly number[]): KeyBundle {
  return {
    idKey: new IdKey(random.bytes(32)),
    accountKeys: epochs.map((keyEpoch) => ({ keyEpoch, key: new AccountKey(random.bytes(32)) })),
  };
}

export function bundleVectors(): VectorFile {
  const random = new VectorRandom("bundles");
  const cases = [...epochLists, ...epochLists].map((epochs) => {
    const bundle = randomBundle(random, epochs);
    return { ...describeBundle(bundle), bytes: hex(exposeKeyBundle(bundle)) };
  });
  return { about: "Key bundles and their bytes", cases };
}

export function wrapVectors(): VectorFile {
  const random = new VectorRandom("wraps");
  const cases = [...epochLists, ...epochLists, ...epochLists, ...epochLists].flatMap((epochs) =>
    [true, false].map((isPassword) => {
      const bundle = randomBundle(random, epochs);
      const keyBytes = random.bytes(32);
      const key: WrappingKey = isPassword ? new KeyEncryptionKey(keyBytes) : new RecoveryWrapKey(keyBytes);
      const accountId = random.uuid();
      const nonce = random.bytes(24);
      return {
        purpose: isPassword ? "password" : "recovery",
        key: hex(keyBytes),
        accountId,
        ...describeBundle(bundle),
        nonce: hex(nonce),
        wrap: hex(wrapKeyBundle(key, accountId, bundle, () => nonce)),
      };
    }),
  );
  return { about: "wrapKeyBundle with a fixed nonce", cases };
}

function describeBundle({ idKey, accountKeys }: KeyBundle) {
  return {
    idKey: hex(idKey.exposeSecretBytes()),
    accountKeys: accountKeys.map(({ keyEpoch, key }) => ({ keyEpoch, key: hex(key.exposeSecretBytes()) })),
  };
}
