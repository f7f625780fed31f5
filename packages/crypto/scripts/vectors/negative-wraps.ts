import {
  BlobKey,
  KeyEncryptionKey,
  openBlob,
  RecoveryWrapKey,
  sealBlob,
  type CryptoErrorCode,
} from "@owlivion/sync-crypto";
import { unwrapKeyBundle, wrapKeyBundle } from "@owlivion/sync-crypto/account";
import { codeOf } from "./expect-code.ts";
import { randomBundle } from "./keys.ts";
import { mutateFields, mutateLength } from "./mutations.ts";
import { hex, VectorRandom } from "./random.ts";
import type { VectorFile } from "./vector-file.ts";

const foreseenOfField: Readonly<Record<string, readonly CryptoErrorCode[]>> = {
  format: ["INVALID_WRAP"],
  suite: ["UNKNOWN_SUITE"],
  purpose: ["INVALID_WRAP"],
  keyEpoch: ["TAMPERED"],
  commitment: ["WRONG_KEY"],
  nonce: ["TAMPERED"],
  ciphertext: ["TAMPERED"],
  tag: ["TAMPERED"],
};

export function negativeWrapVectors(): VectorFile {
  const random = new VectorRandom("negative-wraps");
  const cases = [[1], [1, 2, 5]].flatMap((epochs) =>
    (["password", "recovery"] as const).flatMap((purpose) => {
      const keys = { key: random.bytes(32), otherKey: random.bytes(32) };
      const accountId = random.uuid();
      const otherAccountId = random.uuid();
      const wrap = wrapKeyBundle(wrappingKey(purpose, keys.key), accountId, randomBundle(random, epochs), random.bytes);
      const other = wrapKeyBundle(
        wrappingKey(purpose, keys.otherKey),
        accountId,
        randomBundle(random, epochs),
        random.bytes,
      );
      const fields = {
        format: [0, 1],
        suite: [1, 2],
        purpose: [2, 3],
        keyEpoch: [3, 7],
        commitment: [7, 39],
        nonce: [39, 63],
        ciphertext: [63, wrap.length - 16],
        tag: [wrap.length - 16, wrap.length],
      } as const;
      const refusal = (name: string, foreseen: readonly CryptoErrorCode[], changed: Partial<WrapInput>) => {
        const input = { purpose, key: keys.key, accountId, wrap, ...changed };
        const code = codeOf(name, foreseen, () =>
          unwrapKeyBundle(wrappingKey(input.purpose, input.key), input.accountId, input.wrap),
        );
        return {
          name,
          code,
          purpose: input.purpose,
          key: hex(input.key),
          accountId: input.accountId,
          wrap: hex(input.wrap),
        };
      };
      const anyRefusal = ["INVALID_WRAP", "UNKNOWN_SUITE", "WRONG_KEY", "TAMPERED"] as const;
      return [
        ...mutateFields(wrap, other, fields).map(({ name, bytes }) =>
          refusal(name, foreseenOfField[name.split(":")[0]!]!, { wrap: bytes }),
        ),
        ...mutateLength(wrap, [0, 3, 63, 79]).map(({ name, bytes }) => refusal(name, anyRefusal, { wrap: bytes })),
        refusal("another secret", ["WRONG_KEY"], { key: keys.otherKey }),
        refusal("another account", ["WRONG_KEY"], { accountId: otherAccountId }),
        refusal("the wrap of another secret", ["WRONG_KEY"], { wrap: other }),
        refusal("the other purpose", ["INVALID_WRAP"], { purpose: purpose === "password" ? "recovery" : "password" }),
      ];
    }),
  );
  return { about: "unwrapKeyBundle refuses with `code`", cases };
}

interface WrapInput {
  readonly purpose: "password" | "recovery";
  readonly key: Uint8Array;
  readonly accountId: string;
  readonly wrap: Uint8Array;
}

function wrappingKey(purpose: "password" | "recovery", bytes: Uint8Array) {
  return purpose === "password" ? new KeyEncryptionKey(bytes) : new RecoveryWrapKey(bytes);
}

export function negativeBlobVectors(): VectorFile {
  const random = new VectorRandom("negative-blobs");
  const cases = [0, 1, 40].flatMap((length) => {
    const key = random.bytes(32);
    const sealed = sealBlob(new BlobKey(key), "key file", random.bytes(length), random.bytes);
    const other = sealBlob(new BlobKey(random.bytes(32)), "key file", random.bytes(length), random.bytes);
    const fields = { format: [0, 1], nonce: [1, 25], tag: [sealed.length - 16, sealed.length] } as const;
    const refusal = (name: string, blob: Uint8Array, label = "key file", blobKey = key) => {
      const code = codeOf(name, ["INVALID_BLOB", "TAMPERED"], () => openBlob(new BlobKey(blobKey), label, blob));
      return { name, code, key: hex(blobKey), label, sealed: hex(blob) };
    };
    return [
      ...mutateFields(sealed, other, fields).map(({ name, bytes }) => refusal(name, bytes)),
      ...mutateLength(sealed, [0, 1, 25, 40]).map(({ name, bytes }) => refusal(name, bytes)),
      refusal("another key", sealed, "key file", random.bytes(32)),
      refusal("another label", sealed, "key files"),
      refusal("another key's blob", other),
    ];
  });
  return { about: "openBlob refuses with `code`", cases };
}
