import { blindRecordId, hashEnvelope, headProof, IdKey, ProofKey, SetHash, setHashTerm } from "@owlivion/sync-crypto";
import { createHash, createHmac, hkdfSync } from "node:crypto";
import { expect, test } from "vitest";
import { bytesOfHex, hexOf, readVectors } from "./support/read-vectors.ts";

/**
 * The same vectors by another implementation: OpenSSL's hashes, and messages put together here by hand from what
 * docs/crypto.md says, with none of the package's code.
 */

const ascii = (text: string) => Buffer.from(text, "utf8");
const u8 = (value: number) => Buffer.from([value]);
const u16 = (value: number) => Buffer.from([value >> 8, value & 255]);
const u32 = (value: number) => Buffer.from(value.toString(16).padStart(8, "0"), "hex");
const u64 = (value: number) => Buffer.from(value.toString(16).padStart(16, "0"), "hex");
const uuid = (text: string) => Buffer.from(text.replaceAll("-", ""), "hex");
const sized = (text: string) => Buffer.concat([u8(text.length), ascii(text)]);
const hmac = (key: string, ...parts: Buffer[]) =>
  createHmac("sha256", Buffer.from(key, "hex")).update(Buffer.concat(parts)).digest();
const hkdf = (key: string, salt: Buffer, ...info: Buffer[]) =>
  Buffer.from(hkdfSync("sha256", Buffer.from(key, "hex"), salt, Buffer.concat(info), 32)).toString("hex");
const none = Buffer.alloc(0);

test("salts", () => {
  for (const { email, seed, salt } of readVectors<Record<string, string>>("salts.json")) {
    const address = ascii(email!.trim().normalize("NFC").toLowerCase().normalize("NFC"));
    const message = Buffer.concat([ascii("owl1/salt"), u32(address.length), address, Buffer.from(seed!, "hex")]);
    expect(createHash("sha256").update(message).digest("hex").slice(0, 32)).toBe(salt);
  }
});

test("login labels", () => {
  for (const { root, authSecret, kek } of readVectors<Record<string, string>>("kdf.json")) {
    expect(Buffer.from(hkdf(root!, none, ascii("owl1/auth")), "hex").toString("base64url")).toBe(authSecret);
    expect(hkdf(root!, none, ascii("owl1/kek"))).toBe(kek);
  }
});

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

test("keys of an account key", () => {
  for (const each of readVectors<KeyCase>("keys.json")) {
    const tail = [u32(each.keyEpoch), sized(each.dataType)];
    const label = ascii(each.label);
    const salt = uuid(each.accountId);
    expect(hkdf(each.accountKey, salt, ascii("owl1/collection"), ...tail)).toBe(each.collectionKey);
    expect(hkdf(each.accountKey, salt, ascii("owl1/proof-key"), ...tail)).toBe(each.proofKey);
    expect(hkdf(each.accountKey, salt, ascii("owl1/local-key"), u16(label.length), label)).toBe(each.localKey);
  }
});

test("recovery labels", () => {
  for (const { bytes, accountId, wrapKey, authSecret } of readVectors<Record<string, string>>("recovery-keys.json")) {
    expect(hkdf(bytes!, uuid(accountId!), ascii("owl1/recovery-wrap"))).toBe(wrapKey);
    expect(Buffer.from(hkdf(bytes!, none, ascii("owl1/recovery-auth")), "hex").toString("base64url")).toBe(authSecret);
  }
});

test("commitments of wraps", () => {
  for (const { purpose, key, accountId, wrap } of readVectors<Record<string, string>>("wraps.json")) {
    const committed = hkdf(key!, uuid(accountId!), ascii("owl1/commit"), u8(purpose === "password" ? 1 : 2));
    expect(wrap!.slice(14, 78)).toBe(committed);
  }
});

test("record ids", () => {
  interface RecordIdCase {
    readonly idKey: string;
    readonly dataType: string;
    readonly normalized: string;
    readonly slot: number;
    readonly recordId: string;
  }
  for (const each of readVectors<RecordIdCase>("record-ids.json")) {
    const key = ascii(each.normalized);
    const message = [ascii("owl1/record-id"), sized(each.dataType), u32(key.length), key, u32(each.slot)];
    expect(
      hmac(each.idKey, ...message)
        .subarray(0, 16)
        .toString("base64url"),
    ).toBe(each.recordId);
    const own = blindRecordId(new IdKey(bytesOfHex(each.idKey)), each.dataType, each.normalized, each.slot);
    expect(own).toBe(each.recordId);
  }
});

test("set hashes, with the sum by BigInt", () => {
  interface SetHashCase {
    readonly proofKey: string;
    readonly records: readonly { recordId: string; envelopeHash: string; term: string }[];
    readonly sum: string;
  }
  for (const { proofKey, records, sum } of readVectors<SetHashCase>("set-hashes.json")) {
    let total = 0n;
    for (const { recordId, envelopeHash, term } of records) {
      const id = ascii(recordId);
      const own = hmac(proofKey, u16(id.length), id, Buffer.from(envelopeHash, "hex")).toString("hex");
      expect(own).toBe(term);
      expect(hexOf(setHashTerm(new ProofKey(bytesOfHex(proofKey)), recordId, bytesOfHex(envelopeHash)))).toBe(own);
      total = BigInt.asUintN(256, total + BigInt(`0x${own}`));
    }
    expect(total.toString(16).padStart(64, "0")).toBe(sum);
  }
});

test("proofs", () => {
  interface ProofCase {
    readonly proofKey: string;
    readonly accountId: string;
    readonly dataType: string;
    readonly keyEpoch: number;
    readonly epoch: string;
    readonly version: number;
    readonly count: number;
    readonly setHash: string;
    readonly proof: string;
  }
  for (const each of readVectors<ProofCase>("proofs.json")) {
    const front = [ascii("owl1/proof"), uuid(each.accountId), sized(each.dataType), u32(each.keyEpoch)];
    const state = [uuid(each.epoch), u64(each.version), u64(each.count), Buffer.from(each.setHash, "hex")];
    expect(hmac(each.proofKey, ...front, ...state).toString("hex")).toBe(each.proof);
    const setHash = SetHash.fromBytes(bytesOfHex(each.setHash));
    expect(hexOf(headProof(new ProofKey(bytesOfHex(each.proofKey)), each, { ...each, setHash }))).toBe(each.proof);
  }
});

test("hashes of envelopes", () => {
  for (const { envelope, hash } of readVectors<Record<string, string>>("envelopes.json")) {
    expect(createHash("sha256").update(Buffer.from(envelope!, "hex")).digest("hex")).toBe(hash);
    expect(hexOf(hashEnvelope(bytesOfHex(envelope!)))).toBe(hash);
  }
});
