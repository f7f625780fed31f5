import type { RandomBytes } from "@owlivion/sync-crypto";

/** From 0 to below 1, evenly. */
export function randomFraction(random: RandomBytes): number {
  const [a = 0, b = 0, c = 0, d = 0] = random(4);
  return (a * 0x1000000 + ((b << 16) | (c << 8) | d)) / 0x100000000;
}
