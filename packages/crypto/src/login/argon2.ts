import { argon2idOf } from "./argon2-cost.ts";
import { suiteCost, type PasswordHash } from "./password-hash.ts";

/**
 * Argon2id of suite 1 in WebAssembly, about a third of a second. A module of its own, so that an application can load it
 * when a password is asked for.
 */
export const argon2id: PasswordHash = argon2idOf(suiteCost);
