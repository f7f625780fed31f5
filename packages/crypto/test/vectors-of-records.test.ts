import {
  blindRecordId,
  canonicalJson,
  CollectionKey,
  decodePlaintext,
  encodePlaintext,
  hashEnvelope,
  headProof,
  IdKey,
  normalizeNaturalKey,
  openEnvelope,
  paddedLength,
  ProofKey,
  readHeader,
  sealEnvelope,
  SetHash,
  setHashTerm,
  type Content,
  type Json,
} from "@owlivion/sync-crypto";
import { expect, test } from "vitest";
import { bytesOfHex, hexOf, readVectors } from "./support/read-vectors.ts";

interface RecordIdCase {
  readonly idKey: string;
  readonly dataType: string;
  readonly naturalKey: string;
  readonly normalized: string;
  readonly slot: number;
  readonly recordId: string;
}

test("record ids", () => {
  for (const each of readVectors<RecordIdCase>("record-ids.json")) {
    const idKey = new IdKey(bytesOfHex(each.idKey));
    expect(normalizeNaturalKey(each.naturalKey)).toBe(each.normalized);
    expect(blindRecordId(idKey, each.dataType, each.naturalKey, each.slot)).toBe(each.recordId);
    expect(blindRecordId(idKey, each.dataType, each.normalized, each.slot)).toBe(each.recordId);
  }
});

test("padding of every length to 70,000", () => {
  let next = 0;
  for (const { from, to, padded } of readVectors<{ from: number; to: number; padded: number }>("padding.json")) {
    expect(from).toBe(next);
    for (let length = from; length <= to; length += 1) {
      if (paddedLength(length) !== padded) expect.fail(`${length} is not padded to ${padded}`);
    }
    next = to + 1;
  }
  expect(next).toBe(70_001);
});

test("canonical JSON", () => {
  for (const { json, canonical } of readVectors<{ json: string; canonical: string }>("canonical-json.json")) {
    expect(canonicalJson(JSON.parse(json) as Json)).toBe(canonical);
  }
});

test("contents", () => {
  interface ContentCase {
    readonly content: Content;
    readonly compressed: boolean;
    readonly plaintext: string;
  }
  for (const each of readVectors<ContentCase>("contents.json")) {
    const plaintext = bytesOfHex(each.plaintext);
    expect(plaintext[2]).toBe(each.compressed ? 1 : 0);
    expect(decodePlaintext(each.content.kind, plaintext)).toEqual(each.content);
    expect(hexOf(encodePlaintext(each.content, 262_042))).toBe(each.plaintext);
  }
});

interface EnvelopeCase {
  readonly key: string;
  readonly keyEpoch: number;
  readonly accountId: string;
  readonly dataType: string;
  readonly recordId: string;
  readonly device: string;
  readonly rev: number;
  readonly prevHash: string | null;
  readonly nonce: string;
  readonly content: Content;
  readonly envelope: string;
  readonly hash: string;
}

test.each(["envelopes.json", "tombstones.json"])("%s", (file) => {
  for (const each of readVectors<EnvelopeCase>(file)) {
    const key = new CollectionKey(bytesOfHex(each.key));
    const prevHash = each.prevHash === null ? null : bytesOfHex(each.prevHash);
    const envelope = bytesOfHex(each.envelope);
    const { keyEpoch, device, rev } = each;
    const header = {
      suite: 1,
      kind: each.content.kind,
      keyEpoch,
      device,
      rev,
      prevHash,
      nonce: bytesOfHex(each.nonce),
    };
    expect(readHeader(envelope)).toEqual(header);
    expect(openEnvelope({ ...each, keyOf: (epoch) => (epoch === keyEpoch ? key : null) }, envelope)).toEqual({
      header,
      content: each.content,
    });
    expect(hexOf(sealEnvelope({ ...each, key, prevHash }, () => bytesOfHex(each.nonce)))).toBe(each.envelope);
    expect(hexOf(hashEnvelope(envelope))).toBe(each.hash);
  }
});

interface SetHashCase {
  readonly proofKey: string;
  readonly records: readonly { recordId: string; envelopeHash: string; term: string }[];
  readonly sum: string;
}

test("set hashes", () => {
  for (const { proofKey, records, sum } of readVectors<SetHashCase>("set-hashes.json")) {
    const key = new ProofKey(bytesOfHex(proofKey));
    const setHash = SetHash.empty();
    for (const { recordId, envelopeHash, term } of records.toReversed()) {
      expect(hexOf(setHashTerm(key, recordId, bytesOfHex(envelopeHash)))).toBe(term);
      setHash.add(bytesOfHex(term));
    }
    expect(hexOf(setHash.toBytes())).toBe(sum);
  }
});

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

const proofOf = (each: ProofCase) =>
  hexOf(
    headProof(new ProofKey(bytesOfHex(each.proofKey)), each, {
      ...each,
      setHash: SetHash.fromBytes(bytesOfHex(each.setHash)),
    }),
  );

test("proofs", () => {
  for (const each of readVectors<ProofCase>("proofs.json")) expect(proofOf(each)).toBe(each.proof);
});

test("proofs that do not verify", () => {
  for (const each of readVectors<ProofCase & { name: string }>("negative-proofs.json")) {
    expect(proofOf(each), each.name).not.toBe(each.proof);
  }
});
