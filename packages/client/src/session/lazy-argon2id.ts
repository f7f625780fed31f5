import type { PasswordHash } from "@owlivion/sync-crypto";
import { lazyModule } from "../lazy-module.ts";

const argon2 = lazyModule(() => import("@owlivion/sync-crypto/argon2"));

/** A module of its own: who is signed in does not load it. */
export const lazyArgon2id: PasswordHash = async (password, salt) => {
  const { argon2id } = await argon2();
  return await argon2id(password, salt);
};
