import type { RandomBytes } from "@owlivion/sync-crypto";

/** A random UUID, version 4. */
export const newUuid = (random: RandomBytes): string => format(random(16), 0x40);

/** A UUID, version 7: those made later sort later, to the millisecond. */
export function newTimeUuid(random: RandomBytes, nowMs: number): string {
  const bytes = random(16);
  let ms = Math.max(0, Math.floor(nowMs));
  for (let i = 5; i >= 0; i -= 1) {
    bytes[i] = ms % 256;
    ms = Math.floor(ms / 256);
  }
  return format(bytes, 0x70);
}

function format(bytes: Uint8Array, version: number): string {
  bytes[6] = (bytes[6]! & 0x0f) | version;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
