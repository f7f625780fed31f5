import { type Algorithm, hash, verify } from "@node-rs/argon2";
import { randomBytes } from "node:crypto";
import { BoundedQueue } from "../bounded-queue.ts";

/** Hashes what the wire calls `password` and `recovery_auth`. */
export interface SecretHasher {
  /** A PHC string. */
  hash(secret: string): Promise<string>;
  /** False for `null` too, after the same work: whether there is an account must not show (S43). */
  verify(stored: string | null, secret: string): Promise<boolean>;
  /** OVERLOADED when the queue is full; asked before a guess is counted, so that a full queue is not held against anyone. */
  assertRoom(): void;
}

export interface Argon2Cost {
  readonly memoryKib: number;
  readonly passes: number;
}

/** Plain clients send raw passwords, so the cost is that of a login password and not of a key that was stretched already. */
export const productionCost: Argon2Cost = { memoryKib: 64 * 1024, passes: 3 };

const waitingForEach = 32;

/**
 * Argon2id in native threads. The queue comes before it because each hash takes its memory whole, and because it shares
 * libuv's four threads with the verification of access tokens.
 */
export async function createSecretHasher(
  concurrency: number,
  cost: Argon2Cost = productionCost,
): Promise<SecretHasher> {
  const argon2id: Algorithm.Argon2id = 2;
  const options = { algorithm: argon2id, memoryCost: cost.memoryKib, timeCost: cost.passes, parallelism: 1 };
  const queue = new BoundedQueue(concurrency, concurrency * waitingForEach);
  const nobodys = await hash(randomBytes(32), options);
  return {
    hash: (secret) => queue.run(() => hash(secret, options)),
    verify: (stored, secret) =>
      queue.run(async () => {
        const isRight = await verify(stored ?? nobodys, secret);
        return isRight && stored !== null;
      }),
    assertRoom: () => queue.assertRoom(),
  };
}
