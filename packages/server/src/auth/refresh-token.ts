import { createHash, createHmac } from "node:crypto";
import type { Random } from "../random.ts";

/** A refresh token as bytes: 256 bits. Only its hash is stored. */
export type RefreshToken = Buffer;

const tokenBytes = 32;

export function newRefreshToken(random: Random): RefreshToken {
  return random.bytes(tokenBytes);
}

/**
 * The token that follows one: a function of it, so that a retry after a lost answer, even at another process, gets the same
 * (S39, S40), and that nobody without the key can compute.
 */
export function successorOf(key: Buffer, token: RefreshToken): RefreshToken {
  return createHmac("sha256", key).update(token).digest();
}

export function hashRefreshToken(token: RefreshToken): Buffer {
  return createHash("sha256").update(token).digest();
}

export function writeRefreshToken(token: RefreshToken): string {
  return token.toString("base64url");
}

/** Null when the text cannot be a token of ours. */
export function readRefreshToken(text: string): RefreshToken | null {
  const token = Buffer.from(text, "base64url");
  return token.length === tokenBytes && token.toString("base64url") === text ? token : null;
}
