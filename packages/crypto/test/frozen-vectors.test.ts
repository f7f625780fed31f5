import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { vectorsDirectory } from "./support/read-vectors.ts";

/** The checksum of the list of checksums: whoever means to change a vector has to change it here, and should not. */
const checksumOfChecksums = "d60040052eae86fbdaaf51ae7171212de8c92072ced896145acd545de350437f";

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

test("the vectors are those that were published", () => {
  const list = readFileSync(new URL("SHA256SUMS", vectorsDirectory));
  expect(sha256(list)).toBe(checksumOfChecksums);
  const listed = list
    .toString()
    .trimEnd()
    .split("\n")
    .map((line) => line.split("  "));
  const found = readdirSync(vectorsDirectory).filter((name) => name.endsWith(".json"));
  expect(listed.map(([, name]) => name).toSorted()).toEqual(found.toSorted());
  for (const [sum, name] of listed) expect(sha256(readFileSync(new URL(name!, vectorsDirectory))), name).toBe(sum);
});
