import { randomBytes } from "node:crypto";

/** A word that nothing else contains. */
export const canary = (kind: string): string => `${kind}${randomBytes(9).toString("hex")}`;

/** The word in every form in which it could lie in what a device sends. */
function formsOf(word: Buffer): Map<string, Buffer> {
  const forms = new Map<string, Buffer>([
    ["raw", word],
    ["hex", Buffer.from(word.toString("hex"))],
    ["HEX", Buffer.from(word.toString("hex").toUpperCase())],
    ["UTF-16 LE", Buffer.from(word.toString("latin1"), "utf16le")],
    ["UTF-16 BE", Buffer.from(word.toString("latin1"), "utf16le").swap16()],
  ]);
  // Base64 of it at each of three places, without what its neighbours change.
  for (const before of [0, 1, 2]) {
    const text = Buffer.concat([Buffer.alloc(before), word])
      .toString("base64")
      .replaceAll("=", "");
    const inner = text.slice(before === 0 ? 0 : before + 1, -2);
    forms.set(`base64+${before}`, Buffer.from(inner));
    forms.set(`base64url+${before}`, Buffer.from(inner.replaceAll("+", "-").replaceAll("/", "_")));
  }
  return forms;
}

/** Where one of the words, or of the keys, lies in these bytes, in any form; empty: nowhere. */
export function findCanaries(words: readonly (string | Uint8Array)[], haystack: Buffer): string[] {
  const found: string[] = [];
  for (const word of words) {
    const bytes = Buffer.from(word as string);
    for (const [form, needle] of formsOf(bytes)) {
      if (haystack.includes(needle))
        found.push(`${typeof word === "string" ? word : bytes.toString("hex")} as ${form}`);
    }
  }
  return found;
}
