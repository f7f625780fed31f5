import type { Protector } from "../store/store.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A short secret text, as the platform's key keeps it. */
export const sealText = (protector: Protector, text: string): Promise<Uint8Array> =>
  protector.protect(encoder.encode(text));

export const unsealText = async (protector: Protector, sealed: Uint8Array): Promise<string> =>
  decoder.decode(await protector.unprotect(sealed));

export function isSameBytes(a: Uint8Array | null, b: Uint8Array | null): boolean {
  if (a === null || b === null) return a === b;
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
