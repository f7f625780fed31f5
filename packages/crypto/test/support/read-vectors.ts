import { readFileSync } from "node:fs";

export const vectorsDirectory = new URL("../../../../vectors/v1/", import.meta.url);

/** The cases of one file of vectors. */
export function readVectors<T>(name: string): readonly T[] {
  const file = JSON.parse(readFileSync(new URL(name, vectorsDirectory), "utf8")) as { cases: T[] };
  return file.cases;
}

export function bytesOfHex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "hex"));
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
