import {
  ChangePasswordReply,
  ChangePasswordRequest,
  PutSaltReply,
  PutSaltRequest,
  RecoverRequest,
  RecoverStartReply,
  RecoverStartRequest,
  SessionReply,
} from "@owlivion/sync-protocol";
import type { FastifyInstance } from "fastify";
import { bodyErrors, errors, sessionErrors } from "../http/documented-errors.ts";
import type { Guards } from "../http/guards.ts";
import { sessionOf } from "../http/session.ts";
import type { Auth } from "./auth.ts";
import { changePassword } from "./change-password.ts";
import { putSalt } from "./put-salt.ts";
import { recover } from "./recover.ts";
import { startRecovery } from "./start-recovery.ts";

const tags = ["auth"];
const bearer = [{ bearer: [] }];

/** Changing and recovering the secret; the salt of the desktop client. */
export function registerSecretRoutes(app: FastifyInstance, auth: Auth, { authenticate }: Guards): void {
  const passwordSchema = {
    tags,
    summary: "A new secret; every other session of the account ends",
    description: "A sealed account sends suite, seed, wraps and the version they replace; a plain one none of them.",
    security: bearer,
    body: ChangePasswordRequest,
    response: {
      200: ChangePasswordReply,
      ...errors(
        ...sessionErrors,
        ...bodyErrors,
        "INVALID_CREDENTIALS",
        "TOO_MANY_ATTEMPTS",
        "PLAIN_ACCOUNT",
        "KEYS_CHANGED",
        "KEY_EPOCH_OUTDATED",
      ),
    },
  };
  app.post<{ Body: ChangePasswordRequest }>(
    "/api/v1/auth/password",
    { schema: passwordSchema, onRequest: authenticate, config: { rateLimit: "account" } },
    async (request) => ({ success: true, data: await changePassword(auth, sessionOf(request), request.body) }),
  );

  const startSchema = {
    tags,
    summary: "Prove the recovery key; the answer's token is good for /auth/recover only",
    body: RecoverStartRequest,
    response: {
      200: RecoverStartReply,
      ...errors(...bodyErrors, "INVALID_CREDENTIALS", "ACCOUNT_DISABLED", "TOO_MANY_ATTEMPTS", "RATE_LIMITED"),
    },
  };
  app.post<{ Body: RecoverStartRequest }>(
    "/api/v1/auth/recover/start",
    { schema: startSchema, config: { rateLimit: "recover" } },
    async (request) => ({ success: true, data: await startRecovery(auth, request.body) }),
  );

  const recoverSchema = {
    tags,
    summary: "New secret, seed, wraps and recovery secret; every session ends, this device is signed in",
    security: [{ recovery: [] }],
    body: RecoverRequest,
    response: {
      200: SessionReply,
      ...errors(
        ...sessionErrors,
        ...bodyErrors,
        "ACCOUNT_DISABLED",
        "KEYS_CHANGED",
        "KEY_EPOCH_OUTDATED",
        "TOO_MANY_DEVICES",
      ),
    },
  };
  app.post<{ Body: RecoverRequest }>(
    "/api/v1/auth/recover",
    { schema: recoverSchema, config: { rateLimit: "recover" } },
    async (request) => ({
      success: true,
      data: await recover(auth, request.headers.authorization, request.body),
    }),
  );

  const saltSchema = {
    tags,
    summary: "The desktop client's salt, once",
    security: bearer,
    body: PutSaltRequest,
    response: { 200: PutSaltReply, ...errors(...sessionErrors, ...bodyErrors, "SALT_ALREADY_SET") },
  };
  app.put<{ Body: PutSaltRequest }>(
    "/api/v1/auth/salt",
    { schema: saltSchema, onRequest: authenticate, config: { rateLimit: "account" } },
    async (request) => {
      const salt = await putSalt(auth.accounts, sessionOf(request).userId, request.body.encryption_salt);
      return { success: true, data: { encryption_salt: salt } };
    },
  );
}
