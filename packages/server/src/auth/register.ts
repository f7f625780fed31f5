import { createHash } from "node:crypto";
import { normalizeEmail, type RegisterRequest, type Session } from "@owlivion/sync-protocol";
import type { AccountTransaction, NewAccount } from "../db/accounts/account-store.ts";
import { ApiError } from "../errors.ts";
import type { Auth } from "./auth.ts";
import { readSealing } from "./sealing.ts";
import { assertSecretLength } from "./secret-length.ts";
import { renderSession } from "./session-reply.ts";
import { introduce, startSession } from "./start-session.ts";

/** `POST /auth/register`: account, first device, session and keys in one transaction. */
export async function register(auth: Auth, body: RegisterRequest): Promise<Session> {
  const invitation = readInvitation(auth, body.invitation);
  assertSecretLength(body.password, "password");
  const sealing = readSealing(body);
  const secretHash = await auth.hasher.hash(body.password);
  const recoveryHash = sealing === null ? null : await auth.hasher.hash(sealing.recoveryAuth);
  const account = {
    userId: sealing?.accountId ?? auth.random.uuid(),
    email: normalizeEmail(body.email),
    kind: sealing === null ? ("plain" as const) : ("sealed" as const),
    encryptionSalt: null,
  };
  const session = await auth.accounts.transaction(async (tx) => {
    if (invitation !== null && !(await tx.claimInvitation(invitation, account.email, auth.clock()))) {
      throw new ApiError("REGISTRATION_CLOSED");
    }
    await insertAccount(tx, account, { secretHash, recoveryHash, sealing });
    if (invitation !== null) await tx.useInvitation(invitation, account.userId, auth.clock());
    return await startSession(auth, tx, account.userId, introduce(body));
  });
  return await renderSession(auth, account, session);
}

/** The hash of the invitation that is needed, null when none is. Refused before any work. */
function readInvitation(auth: Auth, invitation: string | undefined): Buffer | null {
  const mode = auth.registration;
  if (mode === "open") return null;
  if (mode === "closed" || invitation === undefined) throw new ApiError("REGISTRATION_CLOSED");
  return createHash("sha256").update(invitation).digest();
}

async function insertAccount(
  tx: AccountTransaction,
  account: { userId: string; email: string },
  secrets: NewAccount,
): Promise<void> {
  if (!(await tx.insertUser(account.userId, account.email, secrets))) {
    throw new ApiError((await tx.isEmailTaken(account.email)) ? "EMAIL_EXISTS" : "ACCOUNT_ID_EXISTS");
  }
  if (secrets.sealing !== null) await tx.insertKeys(account.userId, 1, secrets.sealing.keys);
}
