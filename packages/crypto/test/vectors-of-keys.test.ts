import {
  AccountKey,
  BlobKey,
  deriveCollectionKey,
  deriveLocalKey,
  deriveProofKey,
  exposeKeyBundle,
  keyBundleOf,
  KeyEncryptionKey,
  openBlob,
  RecoveryKey,
  RecoveryWrapKey,
  sealBlob,
  type SecretBytes,
} from "@owlivion/sync-crypto";
import {
  deriveLogin,
  deriveRecoveryAuth,
  deriveRecoveryWrapKey,
  exposeRecoveryKeyText,
  parseRecoveryKey,
  unwrapKeyBundle,
  wrapKeyBundle,
} from "@owlivion/sync-crypto/account";
import { argon2id } from "@owlivion/sync-crypto/argon2";
import { expect, test } from "vitest";
import { loginSalt } from "../src/login/login-salt.ts";
import { passwordBytes } from "../src/login/password-bytes.ts";
import { bytesOfHex, hexOf, readVectors } from "./support/read-vectors.ts";

const secret = (key: SecretBytes) => hexOf(key.exposeSecretBytes());

test("salts", () => {
  for (const each of readVectors<{ email: string; seed: string; salt: string }>("salts.json")) {
    expect(hexOf(loginSalt(each.email, bytesOfHex(each.seed))), each.email).toBe(each.salt);
  }
});

test("passwords", () => {
  for (const each of readVectors<{ password: string; bytes: string }>("passwords.json")) {
    expect(hexOf(passwordBytes(each.password))).toBe(each.bytes);
  }
});

interface KdfCase {
  readonly suite: number;
  readonly email: string;
  readonly password: string;
  readonly seed: string;
  readonly authSecret: string;
  readonly kek: string;
}

test("login at the real cost", async () => {
  for (const each of readVectors<KdfCase>("kdf.json")) {
    const { authSecret, kek } = await deriveLogin({ ...each, seed: bytesOfHex(each.seed) }, argon2id);
    expect([authSecret.exposeWireText(), secret(kek)]).toEqual([each.authSecret, each.kek]);
  }
}, 30_000);

interface KeyCase {
  readonly accountKey: string;
  readonly accountId: string;
  readonly keyEpoch: number;
  readonly dataType: string;
  readonly collectionKey: string;
  readonly proofKey: string;
  readonly label: string;
  readonly localKey: string;
}

test("derived keys", () => {
  for (const each of readVectors<KeyCase>("keys.json")) {
    const accountKey = new AccountKey(bytesOfHex(each.accountKey));
    expect(secret(deriveCollectionKey(accountKey, each))).toBe(each.collectionKey);
    expect(secret(deriveProofKey(accountKey, each))).toBe(each.proofKey);
    expect(secret(deriveLocalKey(accountKey, each.accountId, each.label))).toBe(each.localKey);
  }
});

interface BundleCase {
  readonly idKey: string;
  readonly accountKeys: readonly { keyEpoch: number; key: string }[];
  readonly bytes: string;
}

test("bundles", () => {
  for (const each of readVectors<BundleCase>("bundles.json")) {
    const bundle = keyBundleOf(bytesOfHex(each.bytes));
    expect(secret(bundle.idKey)).toBe(each.idKey);
    expect(bundle.accountKeys.map(({ keyEpoch, key }) => ({ keyEpoch, key: secret(key) }))).toEqual(each.accountKeys);
    expect(hexOf(exposeKeyBundle(bundle))).toBe(each.bytes);
  }
});

interface WrapCase extends Omit<BundleCase, "bytes"> {
  readonly purpose: string;
  readonly key: string;
  readonly accountId: string;
  readonly nonce: string;
  readonly wrap: string;
}

test("wraps", () => {
  for (const each of readVectors<WrapCase>("wraps.json")) {
    const bytes = bytesOfHex(each.key);
    const key = each.purpose === "password" ? new KeyEncryptionKey(bytes) : new RecoveryWrapKey(bytes);
    const bundle = unwrapKeyBundle(key, each.accountId, bytesOfHex(each.wrap));
    expect(secret(bundle.idKey)).toBe(each.idKey);
    expect(bundle.accountKeys.map(({ keyEpoch, key }) => ({ keyEpoch, key: secret(key) }))).toEqual(each.accountKeys);
    expect(hexOf(wrapKeyBundle(key, each.accountId, bundle, () => bytesOfHex(each.nonce)))).toBe(each.wrap);
  }
});

interface RecoveryCase {
  readonly bytes: string;
  readonly text: string;
  readonly accepted: readonly string[];
  readonly accountId: string;
  readonly wrapKey: string;
  readonly authSecret: string;
}

test("recovery keys", () => {
  for (const each of readVectors<RecoveryCase>("recovery-keys.json")) {
    const key = new RecoveryKey(bytesOfHex(each.bytes));
    expect(exposeRecoveryKeyText(key)).toBe(each.text);
    for (const text of [each.text, ...each.accepted]) expect(secret(parseRecoveryKey(text)), text).toBe(each.bytes);
    expect(secret(deriveRecoveryWrapKey(key, each.accountId))).toBe(each.wrapKey);
    expect(deriveRecoveryAuth(key).exposeWireText()).toBe(each.authSecret);
  }
});

interface BlobCase {
  readonly key: string;
  readonly label: string;
  readonly bytes: string;
  readonly nonce: string;
  readonly sealed: string;
}

test("blobs", () => {
  for (const each of readVectors<BlobCase>("blobs.json")) {
    const key = new BlobKey(bytesOfHex(each.key));
    const sealed = sealBlob(key, each.label, bytesOfHex(each.bytes), () => bytesOfHex(each.nonce));
    expect(hexOf(sealed)).toBe(each.sealed);
    expect(hexOf(openBlob(key, each.label, sealed))).toBe(each.bytes);
  }
});
