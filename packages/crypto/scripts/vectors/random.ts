import { predictableRandomForTests } from "@owlivion/sync-crypto/testing";

/** Everything random in the vectors comes from a fixed seed for each file, so that files do not depend on each other. */
export class VectorRandom {
  readonly bytes: (length: number) => Uint8Array;

  constructor(file: string) {
    this.bytes = predictableRandomForTests(`owlivion sync vectors v1: ${file}`);
  }

  integer(below: number): number {
    const [a, b, c, d, e, f] = this.bytes(6);
    return (((a! << 16) | (b! << 8) | c!) * 0x1000000 + ((d! << 16) | (e! << 8) | f!)) % below;
  }

  uuid(): string {
    const text = hex(this.bytes(16));
    return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join("-");
  }

  pick<T>(from: readonly T[]): T {
    return from[this.integer(from.length)]!;
  }
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export const dataTypes = ["accounts", "contacts", "preferences", "signatures", "a", `z${"9_".repeat(15)}z`] as const;

/** Text in the scripts and forms that go wrong most often. */
export const words = [
  "Ada", "Zoë", "Zoe\u0308", "İstanbul", "ISTANBUL", "ıspanak", "straße", "STRASSE", "日本語", "👩‍👩‍👧", "🦉", "שלום", "नमस्ते",
  "  leading", "trailing  ", "\ttab", "ﬁ", "Å", "A\u030a", "\u212b", "ｗｉｄｅ", "a\u0301\u0323", "\"quoted\"", "back\\slash", "",
  "\u2028", "\u0000", "\u001f", "\u007f", "é", "e\u0301", "Ω", "Ω", "ſ", "K",
] as const; // prettier-ignore
