import { createHash, randomUUID } from "node:crypto";
import { normalizeEmail, type RegisterRequest, type Session } from "@owlivion/sync-protocol";
import type { PoolClient } from "pg";
import { insertFirstKeys } from "../db/account-keys.ts";
import { withTransaction } from "../db/pool.ts";
import { ApiError } from "../errors.ts";
import type { Auth } from "./auth.ts";
import { claimInvitation, useInvitation } from "./invitations.ts";
import { insertUser, isEmailTaken } from "./insert-user.ts";
import { readSealing, type Sealing } from "./sealing.ts";
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
    userId: sealing?.accountId ?? randomUUID(),
    email: normalizeEmail(body.email),
    kind: sealing === null ? ("plain" as const) : ("sealed" as const),
    encryptionSalt: null,
  };
  const session = await withTransaction(auth.context.pool, async (client) => {
    if (invitation !== null) await claimInvitation(client, invitation, account.email, auth.clock());
    await insertAccount(client, account, { secretHash, recoveryHash, sealing });
    if (invitation !== null) await useInvitation(client, invitation, account.userId, auth.clock());
    return await startSession(client, account.userId, introduce(body), auth.clock());
  });
  return await renderSession(auth, account, session);
}

/** The hash of the invitation that is needed, null when none is. Refused before any work. */
function readInvitation(auth: Auth, invitation: string | undefined): Buffer | null {
  const mode = auth.context.config.registration;
  if (mode === "open") return null;
  if (mode === "closed" || invitation === undefined) throw new ApiError("REGISTRATION_CLOSED");
  return createHash("sha256").update(invitation).digest();
}

async function insertAccount(
  client: PoolClient,
  account: { userId: string; email: string },
  secrets: { secretHash: string; recoveryHash: string | null; sealing: Sealing | null },
): Promise<void> {
  if (!(await insertUser(client, account.userId, account.email, secrets))) {
    throw new ApiError((await isEmailTaken(client, account.email)) ? "EMAIL_EXISTS" : "ACCOUNT_ID_EXISTS");
  }
  if (secrets.sealing !== null) await insertFirstKeys(client, account.userId, secrets.sealing.keys);
}
