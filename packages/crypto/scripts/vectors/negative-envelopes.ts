import { CollectionKey, openEnvelope, type Content, type CryptoErrorCode } from "@owlivion/sync-crypto";
import { randomPut, randomTombstone } from "./contents.ts";
import { sealCase, type SealedCase } from "./envelopes.ts";
import { codeOf } from "./expect-code.ts";
import { mutateFields, mutateLength, type Mutation } from "./mutations.ts";
import { hex, VectorRandom } from "./random.ts";
import type { VectorFile } from "./vector-file.ts";

/** What may come of a change in each field; everything else is a mistake of the reference. */
const foreseenOfField: Readonly<Record<string, readonly CryptoErrorCode[]>> = {
  suite: ["UNKNOWN_SUITE"],
  kind: ["INVALID_ENVELOPE", "TAMPERED"],
  keyEpoch: ["UNKNOWN_KEY_EPOCH", "INVALID_ENVELOPE", "TAMPERED"],
  device: ["TAMPERED"],
  rev: ["TAMPERED", "INVALID_ENVELOPE"],
  prevHash: ["TAMPERED"],
  nonce: ["TAMPERED"],
  ciphertext: ["TAMPERED"],
  tag: ["TAMPERED"],
};

export function negativeEnvelopeVectors(): VectorFile {
  const random = new VectorRandom("negative-envelopes");
  const contents: Content[] = [
    randomPut(random, 3),
    randomPut(random, 12),
    { kind: "put", schema: 1, fields: { notes: "long ".repeat(2000) }, stamps: {} },
    randomTombstone(random, false),
    randomTombstone(random, true),
  ];
  // 1, 2, 4, ... : bases with a predecessor and without, of several key epochs and data types.
  const cases = contents.flatMap((content, i) => {
    const base = sealCase(random, i, content);
    const other = sealCase(random, i + 7, content);
    return [...mutated(base, other), ...misplaced(base, other)];
  });
  return {
    about: "openEnvelope refuses with `code`. The keys known are `key` of `keyEpoch`, and no other",
    cases,
  };
}

function mutated(base: SealedCase, other: SealedCase) {
  const bytes = bytesOf(base.envelope);
  const fields = {
    suite: [0, 1],
    kind: [1, 2],
    keyEpoch: [2, 6],
    device: [6, 22],
    rev: [22, 30],
    prevHash: [30, 62],
    nonce: [62, 86],
    ciphertext: [86, bytes.length - 16],
    tag: [bytes.length - 16, bytes.length],
  } as const;
  const swappedKind = bytes.slice();
  swappedKind[1] = swappedKind[1] === 1 ? 2 : 1;
  const padded = new Uint8Array(bytes.length + 16);
  padded.set(bytes);
  const mutations: Mutation[] = [
    ...mutateFields(bytes, bytesOf(other.envelope), fields),
    { name: "kind: the other one", bytes: swappedKind },
    ...mutateLength(bytes, [0, 1, 6, 86, 101, 102]),
    { name: "sixteen zeros more", bytes: padded },
    { name: "longer than any record", bytes: new Uint8Array(262_145).fill(1, 0, 2) },
  ];
  return mutations.map(({ name, bytes: envelope }) => {
    const field = name.split(":")[0]!;
    const foreseen = foreseenOfField[field] ?? ["INVALID_ENVELOPE", "UNKNOWN_SUITE", "TAMPERED"];
    // The only long one is told by its length: its bytes are 01 01 and zeros.
    if (envelope.length > 262_144)
      return refusal({ ...base, envelope: hex(envelope) }, name, foreseen, envelope.length);
    return refusal({ ...base, envelope: hex(envelope) }, name, foreseen);
  });
}

function misplaced(base: SealedCase, other: SealedCase) {
  const at = (name: string, changed: Partial<SealedCase>, foreseen: CryptoErrorCode) =>
    refusal({ ...base, ...changed }, name, [foreseen]);
  const sameOfAnother = { envelope: other.envelope, keyEpoch: base.keyEpoch };
  return [
    at("another account", { accountId: other.accountId }, "TAMPERED"),
    at("another data type", { dataType: "other" }, "TAMPERED"),
    at("another record", { recordId: `${base.recordId.slice(0, 200)}x` }, "TAMPERED"),
    at("another key", { key: other.key }, "TAMPERED"),
    at("a keyring without its epoch", { keyEpoch: base.keyEpoch === 3 ? 4 : 3 }, "UNKNOWN_KEY_EPOCH"),
    refusal({ ...base, ...sameOfAnother }, "another record's envelope", ["TAMPERED", "UNKNOWN_KEY_EPOCH"]),
  ];
}

function refusal(input: SealedCase, name: string, foreseen: readonly CryptoErrorCode[], zerosAfterTwo?: number) {
  const { key, keyEpoch, accountId, dataType, recordId, envelope } = input;
  const code = codeOf(`${name} ${JSON.stringify(input)}`, foreseen, () =>
    openEnvelope(
      {
        accountId,
        dataType,
        recordId,
        keyOf: (epoch) => (epoch === keyEpoch ? new CollectionKey(bytesOf(key)) : null),
      },
      bytesOf(envelope),
    ),
  );
  const place = { name, code, key, keyEpoch, accountId, dataType, recordId };
  return zerosAfterTwo === undefined
    ? { ...place, envelope }
    : { ...place, envelope: "0101", zeroPaddedTo: zerosAfterTwo };
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(i * 2, i * 2 + 2), 16));
}
