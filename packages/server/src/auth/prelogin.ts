import { createHmac } from "node:crypto";
import { normalizeEmail } from "@owlivion/sync-protocol";
import type { Auth } from "./auth.ts";

const currentSuite = 1;

/**
 * `POST /auth/prelogin`: suite and seed. For an unknown address and for a plain account the seed is made up, the same
 * every time and made up for everybody, so that neither answer nor work differs (S43).
 */
export async function prelogin(auth: Auth, rawEmail: string): Promise<{ auth_suite: number; kdf_seed: string }> {
  const email = normalizeEmail(rawEmail);
  const madeUp = createHmac("sha256", auth.keys.prelogin).update(email).digest();
  const account = await auth.accounts.findAccountByEmail(email);
  return {
    auth_suite: account?.authSuite ?? currentSuite,
    kdf_seed: (account?.kdfSeed ?? madeUp).toString("base64"),
  };
}
