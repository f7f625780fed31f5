import { headProof, ProofKey, SetHash, setHashTerm } from "@owlivion/sync-crypto";
import { dataTypes, hex, VectorRandom } from "./random.ts";
import type { VectorFile } from "./vector-file.ts";

export function setHashVectors(): VectorFile {
  const random = new VectorRandom("set-hashes");
  const cases = Array.from({ length: 80 }, (_, i) => {
    const proofKey = new ProofKey(random.bytes(32));
    const sum = SetHash.empty();
    const records = Array.from({ length: i % 9 }, (_unused, j) => {
      const recordId = j === 3 ? "ä🦉" : hex(random.bytes(1 + random.integer(16)));
      const envelopeHash = random.bytes(32);
      const term = setHashTerm(proofKey, recordId, envelopeHash);
      sum.add(term);
      return { recordId, envelopeHash: hex(envelopeHash), term: hex(term) };
    });
    return { proofKey: hex(proofKey.exposeSecretBytes()), records, sum: hex(sum.toBytes()) };
  });
  return { about: "Set hash terms of records and their sum modulo 2^256", cases };
}

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

function proofCase(random: VectorRandom, i: number): ProofCase {
  const proofKey = new ProofKey(random.bytes(32));
  const place = { accountId: random.uuid(), dataType: dataTypes[i % dataTypes.length]!, keyEpoch: 1 + (i % 3) };
  const setHash = random.bytes(32);
  const state = {
    epoch: random.uuid(),
    version: [0, 1, 2 ** 32, 2 ** 53 - 1][i % 7] ?? random.integer(1_000_000),
    count: [0, 1, 2 ** 33, 200_000][i % 5] ?? random.integer(10_000),
  };
  const proof = headProof(proofKey, place, { ...state, setHash: SetHash.fromBytes(setHash) });
  const key = hex(proofKey.exposeSecretBytes());
  return { proofKey: key, ...place, ...state, setHash: hex(setHash), proof: hex(proof) };
}

export function proofVectors(): VectorFile {
  const random = new VectorRandom("proofs");
  return {
    about: "headProof of a collection's state",
    cases: Array.from({ length: 100 }, (_, i) => proofCase(random, i)),
  };
}

export function negativeProofVectors(): VectorFile {
  const random = new VectorRandom("negative-proofs");
  const cases = [0, 1, 2].flatMap((i) => {
    const base = proofCase(random, i + 30);
    const other = proofCase(random, i + 31);
    const changed: [string, Partial<ProofCase>][] = [
      ["another proof key", { proofKey: other.proofKey }],
      ["another account", { accountId: other.accountId }],
      ["another data type", { dataType: other.dataType }],
      ["another key epoch", { keyEpoch: base.keyEpoch + 1 }],
      ["another server epoch", { epoch: other.epoch }],
      ["the version before", { version: base.version === 0 ? 1 : base.version - 1 }],
      ["one record more", { count: base.count + 1 }],
      ["another set hash", { setHash: other.setHash }],
      ["a flipped bit", { proof: flip(base.proof) }],
      ["another state's proof", { proof: other.proof }],
      ["a truncated proof", { proof: base.proof.slice(0, 62) }],
      ["an extended proof", { proof: `${base.proof}00` }],
      ["an empty proof", { proof: "" }],
    ];
    return changed.map(([name, fields]) => ({ name, ...base, ...fields }));
  });
  return { about: "Proofs that do not verify for the state beside them", cases };
}

function flip(text: string): string {
  return text.slice(0, -1) + (text.endsWith("0") ? "1" : "0");
}
