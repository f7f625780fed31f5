import { paddedLength } from "@owlivion/sync-crypto";
import type { VectorFile } from "./vector-file.ts";

const maxLength = 70_000;

/** Run by run: from one `from` up to the next, every length has the same padded length. The last run ends with 70,000. */
export function paddingVectors(): VectorFile {
  const cases: { from: number; to: number; padded: number }[] = [];
  for (let length = 0; length <= maxLength; length += 1) {
    const padded = paddedLength(length);
    const last = cases.at(-1);
    if (last?.padded === padded) last.to = length;
    else cases.push({ from: length, to: length, padded });
  }
  return {
    about: "Padded length of every length from 0 to 70000: all lengths from `from` to `to` have `padded`",
    cases,
  };
}
