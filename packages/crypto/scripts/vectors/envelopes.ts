import { CollectionKey, hashEnvelope, sealEnvelope, type Content } from "@owlivion/sync-crypto";
import { randomPut, randomTombstone } from "./contents.ts";
import { dataTypes, hex, VectorRandom } from "./random.ts";
import type { VectorFile } from "./vector-file.ts";

export interface SealedCase {
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

const recordIds = ["q83vEjRWeJASNFZ4kKvN7w", "-", "record with spaces", "ä🦉", "x".repeat(255), "🦉".repeat(255)];
const revs = [1, 2, 255, 65_536, 2 ** 32, 2 ** 53 - 1];
const epochs = [1, 1, 1, 2, 0xffffffff];

export function sealCase(random: VectorRandom, i: number, content: Content): SealedCase {
  const keyBytes = random.bytes(32);
  const nonce = random.bytes(24);
  const prevHash = i % 3 === 0 ? null : random.bytes(32);
  const input = {
    keyEpoch: epochs[i % epochs.length]!,
    accountId: random.uuid(),
    dataType: dataTypes[i % dataTypes.length]!,
    recordId: recordIds[i % 7] ?? hex(random.bytes(8)),
    device: random.uuid(),
    rev: revs[i % 11] ?? 1 + random.integer(1000),
    content,
  };
  const envelope = sealEnvelope({ ...input, key: new CollectionKey(keyBytes), prevHash }, () => nonce);
  const { content: _, ...described } = input;
  return {
    key: hex(keyBytes),
    ...described,
    prevHash: prevHash === null ? null : hex(prevHash),
    nonce: hex(nonce),
    content,
    envelope: hex(envelope),
    hash: hex(hashEnvelope(envelope)),
  };
}

export function envelopeVectors(): VectorFile {
  const random = new VectorRandom("envelopes");
  const cases = Array.from({ length: 240 }, (_, i) => sealCase(random, i, randomPut(random, random.integer(12))));
  return { about: "sealEnvelope of puts with a fixed nonce; hash is SHA-256 of the envelope", cases };
}

export function tombstoneVectors(): VectorFile {
  const random = new VectorRandom("tombstones");
  const cases = Array.from({ length: 80 }, (_, i) => sealCase(random, i, randomTombstone(random, i % 3 === 0)));
  return { about: "sealEnvelope of tombstones with a fixed nonce; hash is SHA-256 of the envelope", cases };
}
