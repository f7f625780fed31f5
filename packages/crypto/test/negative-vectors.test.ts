import {
  blindRecordId,
  BlobKey,
  CollectionKey,
  decodePlaintext,
  IdKey,
  isCryptoError,
  keyBundleOf,
  KeyEncryptionKey,
  openBlob,
  openEnvelope,
  readHeader,
  RecoveryWrapKey,
  sealEnvelope,
  systemRandom,
  type Content,
} from "@owlivion/sync-crypto";
import { deriveLogin, parseRecoveryKey, unwrapKeyBundle } from "@owlivion/sync-crypto/account";
import { expect, test } from "vitest";
import { loginSalt } from "../src/login/login-salt.ts";
import { passwordBytes } from "../src/login/password-bytes.ts";
import { codeOf } from "./support/code-of.ts";
import { bytesOfHex, readVectors } from "./support/read-vectors.ts";

interface EnvelopeCase {
  readonly name: string;
  readonly code: string;
  readonly key: string;
  readonly keyEpoch: number;
  readonly accountId: string;
  readonly dataType: string;
  readonly recordId: string;
  readonly envelope: string;
  readonly zeroPaddedTo?: number;
}

test("envelopes: nothing changed, cut, extended or moved opens", async () => {
  for (const each of readVectors<EnvelopeCase>("negative-envelopes.json")) {
    const bytes = bytesOfHex(each.envelope);
    const envelope = new Uint8Array(each.zeroPaddedTo ?? bytes.length);
    envelope.set(bytes);
    const keyOf = (epoch: number) => (epoch === each.keyEpoch ? new CollectionKey(bytesOfHex(each.key)) : null);
    expect(await codeOf(() => openEnvelope({ ...each, keyOf }, envelope)), each.name).toBe(each.code);
  }
});

test("contents: what is authentic but not canonical is refused", async () => {
  interface ContentCase {
    readonly name: string;
    readonly code: string;
    readonly kind: Content["kind"];
    readonly plaintext: string;
  }
  for (const { name, code, kind, plaintext } of readVectors<ContentCase>("negative-contents.json")) {
    expect(await codeOf(() => decodePlaintext(kind, bytesOfHex(plaintext))), name).toBe(code);
  }
});

test("wraps: another secret is told from a changed wrap", async () => {
  interface WrapCase {
    readonly name: string;
    readonly code: string;
    readonly purpose: string;
    readonly key: string;
    readonly accountId: string;
    readonly wrap: string;
  }
  for (const { name, code, purpose, key, accountId, wrap } of readVectors<WrapCase>("negative-wraps.json")) {
    const bytes = bytesOfHex(key);
    const wrapping = purpose === "password" ? new KeyEncryptionKey(bytes) : new RecoveryWrapKey(bytes);
    expect(await codeOf(() => unwrapKeyBundle(wrapping, accountId, bytesOfHex(wrap))), name).toBe(code);
  }
});

test("blobs", async () => {
  interface BlobCase {
    readonly name: string;
    readonly code: string;
    readonly key: string;
    readonly label: string;
    readonly sealed: string;
  }
  for (const { name, code, key, label, sealed } of readVectors<BlobCase>("negative-blobs.json")) {
    expect(await codeOf(() => openBlob(new BlobKey(bytesOfHex(key)), label, bytesOfHex(sealed))), name).toBe(code);
  }
});

test("recovery keys: the error tells the group where it is known", () => {
  interface RecoveryCase {
    readonly name: string;
    readonly text: string;
    readonly code: string;
    readonly details: object;
  }
  for (const { name, text, code, details } of readVectors<RecoveryCase>("negative-recovery-keys.json")) {
    try {
      parseRecoveryKey(text);
      expect.fail(name);
    } catch (error) {
      if (!isCryptoError(error)) throw error;
      expect({ code: error.code, details: error.details }, name).toEqual({ code, details });
    }
  }
});

interface ValueCase {
  readonly operation: string;
  readonly name: string;
  readonly code: string;
  readonly input: never;
}

const anyKey = systemRandom(32);

/** What each operation of the vectors does with its input. */
const operations: Readonly<Record<string, (input: never) => unknown>> = {
  sealEnvelope: (input: Parameters<typeof sealEnvelope>[0] & { fieldOfXs?: number }) => {
    const { fieldOfXs } = input;
    const xs = { kind: "put", schema: 1, fields: { a: "x".repeat(fieldOfXs ?? 0) }, stamps: {} } as const;
    const content = fieldOfXs === undefined ? input.content : xs;
    return sealEnvelope({ ...input, content, key: new CollectionKey(anyKey), prevHash: null }, systemRandom);
  },
  password: ({ password }: { password: string }) => passwordBytes(password),
  salt: ({ email, seed }: { email: string; seed?: string }) => loginSalt(email, bytesOfHex(seed ?? "00".repeat(32))),
  recordId: ({ dataType, naturalKey, slot }: { dataType: string; naturalKey: string; slot: number }) =>
    blindRecordId(new IdKey(anyKey), dataType, naturalKey, slot),
  keyBundle: ({ bytes }: { bytes: string }) => keyBundleOf(bytesOfHex(bytes)),
  readHeader: ({ envelope }: { envelope: string }) => readHeader(bytesOfHex(envelope)),
  login: (input: { suite: number; email: string; password: string }) =>
    deriveLogin({ ...input, seed: new Uint8Array(32) }, () => {
      throw new Error("derived something for an unknown suite");
    }),
};

test.each(["negative-values.json", "negative-lone-surrogates.json"])("%s", async (file) => {
  for (const { operation, name, code, input } of readVectors<ValueCase>(file)) {
    expect(await codeOf(() => operations[operation]!(input)), name).toBe(code);
  }
});
