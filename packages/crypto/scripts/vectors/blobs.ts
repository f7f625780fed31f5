import { BlobKey, sealBlob } from "@owlivion/sync-crypto";
import { hex, VectorRandom, words } from "./random.ts";
import type { VectorFile } from "./vector-file.ts";

export function blobVectors(): VectorFile {
  const random = new VectorRandom("blobs");
  const labels = words.filter((word) => word !== "");
  const cases = Array.from({ length: 60 }, (_, i) => {
    const key = random.bytes(32);
    const label = labels[i % labels.length]!;
    const bytes = random.bytes(i * 3);
    const nonce = random.bytes(24);
    const sealed = sealBlob(new BlobKey(key), label, bytes, () => nonce);
    return { key: hex(key), label, bytes: hex(bytes), nonce: hex(nonce), sealed: hex(sealed) };
  });
  return { about: "sealBlob with a fixed nonce", cases };
}
