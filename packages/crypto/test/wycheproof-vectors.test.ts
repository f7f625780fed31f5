import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { equalInConstantTime } from "../src/bytes/bytes.ts";
import { HmacKey } from "../src/bytes/hmac-key.ts";
import { bytesOfHex, hexOf } from "./support/read-vectors.ts";

/** Where the cases come from and their licence: wycheproof/NOTICE. */
function readCases<T>(name: string): readonly T[] {
  return JSON.parse(readFileSync(new URL(`wycheproof/${name}`, import.meta.url), "utf8")) as T[];
}

interface AeadCase extends Readonly<Record<"key" | "iv" | "aad" | "msg" | "ct" | "tag" | "result", string>> {
  readonly tcId: number;
}

test("XChaCha20-Poly1305", () => {
  for (const { tcId, key, iv, aad, msg, ct, tag, result } of readCases<AeadCase>("xchacha20-poly1305.json")) {
    const cipher = () => xchacha20poly1305(bytesOfHex(key), bytesOfHex(iv), bytesOfHex(aad));
    if (result === "valid") expect(hexOf(cipher().encrypt(bytesOfHex(msg))), `${tcId}`).toBe(ct + tag);
    if (result === "valid") expect(hexOf(cipher().decrypt(bytesOfHex(ct + tag))), `${tcId}`).toBe(msg);
    else expect(() => cipher().decrypt(bytesOfHex(ct + tag)), `${tcId}`).toThrow();
  }
});

interface MacCase extends Readonly<Record<"key" | "msg" | "tag" | "result", string>> {
  readonly tcId: number;
}

test("HMAC-SHA256, by the prepared key", () => {
  for (const { tcId, key, msg, tag, result } of readCases<MacCase>("hmac-sha256.json")) {
    const prepared = new HmacKey(bytesOfHex(key));
    prepared.mac(Uint8Array.of(1));
    const mac = prepared.mac(bytesOfHex(msg));
    expect(equalInConstantTime(mac, bytesOfHex(tag)), `${tcId}`).toBe(result === "valid");
  }
});

interface HkdfCase extends Readonly<Record<"ikm" | "salt" | "info" | "okm", string>> {
  readonly tcId: number;
  readonly size: number;
}

test("HKDF-SHA256", () => {
  for (const { tcId, ikm, salt, info, size, okm } of readCases<HkdfCase>("hkdf-sha256.json")) {
    const derived = hkdf(sha256, bytesOfHex(ikm), bytesOfHex(salt), bytesOfHex(info), size);
    expect(hexOf(derived), `${tcId}`).toBe(okm);
  }
});
