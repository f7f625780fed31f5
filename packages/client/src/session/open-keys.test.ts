import { AccountKey, createKeyBundle, type KeyBundle, KeyEncryptionKey, systemRandom } from "@owlivion/sync-crypto";
import { wrapKeyBundle } from "@owlivion/sync-crypto/account";
import { describe, expect, test } from "vitest";
import type { SyncErrorCode } from "../errors.ts";
import type { StoredKeys } from "../transport/replies.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { openKeys, openSignedIn } from "./open-keys.ts";

const accountId = "7d4f4b0e-5f0a-4a44-9d57-0f6c1c0c9a01";
const otherId = "e2b7a7c4-91f3-4c55-8f0e-2d1b6c3a5f03";
const kek = new KeyEncryptionKey(systemRandom(32));
const bundle = createKeyBundle(systemRandom);
const rotated: KeyBundle = {
  ...bundle,
  accountKeys: [...bundle.accountKeys, { keyEpoch: 2, key: new AccountKey(systemRandom(32)) }],
};
const expected = { accountId, fingerprint: fingerprintOf(bundle, accountId), keyEpoch: 1 };

const keysOf = (of: KeyBundle, keyEpoch = of.accountKeys.length, wrappedFor = accountId): StoredKeys => ({
  version: 1,
  keyEpoch,
  passwordWrap: wrapKeyBundle(kek, wrappedFor, of, systemRandom),
  recoveryWrap: new Uint8Array(16),
});
const code = (code: SyncErrorCode): object => expect.objectContaining({ code }) as object;

describe("keys that a server answers", () => {
  test("the account's own are taken, a newer epoch of them too", () => {
    expect(fingerprintOf(openKeys(keysOf(bundle), kek, accountId, expected), accountId)).toBe(expected.fingerprint);
    expect(openKeys(keysOf(rotated), kek, accountId, expected).accountKeys.length).toBe(2);
    expect(openKeys(keysOf(bundle), kek, accountId, null).accountKeys.length).toBe(1);
  });

  test("M10: other keys under the right password, older ones, and a wrong epoch beside them are tampered", () => {
    const others = createKeyBundle(systemRandom);
    expect(() => openKeys(keysOf(others), kek, accountId, expected)).toThrow(code("KEYS_TAMPERED"));
    expect(() => openKeys(keysOf(bundle), kek, accountId, { ...expected, keyEpoch: 2 })).toThrow(code("KEYS_TAMPERED"));
    expect(() => openKeys(keysOf(bundle, 2), kek, accountId, null)).toThrow(code("KEYS_TAMPERED"));
  });

  test("M16: a wrap of another account does not open, whichever id comes with it", () => {
    expect(() => openKeys(keysOf(bundle, 1, otherId), kek, accountId, null)).toThrow(code("WRONG_PASSWORD"));
    expect(() => openKeys(keysOf(bundle), kek, otherId, null)).toThrow(code("WRONG_PASSWORD"));
    const reply = {
      user: { id: otherId, email: "ada@example.com", kind: "sealed" as const },
      tokens: { accessToken: "a", refreshToken: "b", expiresInSeconds: 1 },
      keys: keysOf(bundle, 1, otherId),
    };
    expect(() => openSignedIn(reply, kek, "ada@example.com", expected)).toThrow(code("ACCOUNT_CHANGED"));
  });
});
