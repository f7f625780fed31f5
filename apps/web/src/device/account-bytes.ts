import type { Sync } from "@owlivion/sync-client";
import { dataTypes } from "./data-types.ts";

/** Of an envelope beside its ciphertext, and the least that a record is padded to (docs/crypto.md). */
const envelopeBytes = 86 + 16;
const leastBytes = 256;

export interface CollectionSize {
  readonly dataType: string;
  readonly records: number;
  /** About what its records take when sealed. */
  readonly bytes: number;
}

/** What is on this device, without asking the server. */
export async function measureCollections(sync: Sync): Promise<CollectionSize[]> {
  const sizes: CollectionSize[] = [];
  for (const dataType of dataTypes) {
    let records = 0;
    let bytes = 0;
    for await (const record of sync.collection(dataType).iterate()) {
      records += 1;
      bytes += envelopeBytes + Math.max(leastBytes, JSON.stringify(record).length);
    }
    sizes.push({ dataType, records, bytes });
  }
  return sizes;
}
