import { blindRecordId, IdKey, normalizeNaturalKey } from "@owlivion/sync-crypto";
import { dataTypes, hex, VectorRandom, words } from "./random.ts";
import type { VectorFile } from "./vector-file.ts";

export function recordIdVectors(): VectorFile {
  const random = new VectorRandom("record-ids");
  const idKey = new IdKey(random.bytes(32));
  const naturalKeys = [...words, "ada@example.com", " Ada@Example.COM ", "x".repeat(300), "a\u0000b", "Σίσυφος ΣΑΣ"];
  const naturals = naturalKeys.flatMap((naturalKey, i) =>
    dataTypes.map((dataType, j) => ({ naturalKey, dataType, slot: (i + j) % 4 === 3 ? 0xffffffff : (i + j) % 4 })),
  );
  const cases = naturals.map(({ naturalKey, dataType, slot }) => ({
    idKey: hex(idKey.exposeSecretBytes()),
    dataType,
    naturalKey,
    normalized: normalizeNaturalKey(naturalKey),
    slot,
    recordId: blindRecordId(idKey, dataType, naturalKey, slot),
  }));
  return { about: "blindRecordId of natural keys and slots", cases };
}
