import type { AccountStore } from "../db/accounts/account-store.ts";
import { ApiError } from "../errors.ts";

/** `PUT /auth/salt`: once; the same again is no change (S48). Answers the salt. */
export async function putSalt(accounts: AccountStore, userId: string, salt: string): Promise<string> {
  const stored = (await accounts.setSaltOnce(userId, salt)) ?? (await accounts.findSalt(userId));
  if (stored !== salt) throw new ApiError("SALT_ALREADY_SET");
  return stored;
}
