/**
 * The production handlers below HTTP, and what stands in for PostgreSQL beneath them. For the whole-system suites alone:
 * not a part of the API, it changes without notice.
 */
export { getKeys, putKeys } from "./account/keys.ts";
export type { AccessClaims, AccessTokens, RecoveryClaims } from "./auth/access-token.ts";
export type { Auth } from "./auth/auth.ts";
export { readSession } from "./auth/authenticate.ts";
export { changePassword } from "./auth/change-password.ts";
export { deriveKeys } from "./auth/derived-keys.ts";
export { login } from "./auth/login.ts";
export { logout } from "./auth/logout.ts";
export { prelogin } from "./auth/prelogin.ts";
export { putSalt } from "./auth/put-salt.ts";
export { recover } from "./auth/recover.ts";
export { refresh } from "./auth/refresh.ts";
export { register } from "./auth/register.ts";
export { requireSecret } from "./auth/require-secret.ts";
export type { SecretHasher } from "./auth/secret-hasher.ts";
export { assertSecretLength } from "./auth/secret-length.ts";
export { startRecovery } from "./auth/start-recovery.ts";
export { loadConfig } from "./config/config.ts";
export { Secret } from "./config/secret.ts";
export { createAccountTables } from "./db/accounts/memory-account-rows.ts";
export { MemoryAccountStore } from "./db/accounts/memory-account-store.ts";
export { DataTypes } from "./db/data-types.ts";
export { MemoryConnection } from "./db/memory/memory-connection.ts";
export { type MemoryBackup, MemoryDatabase } from "./db/memory/memory-database.ts";
export { listDevices } from "./devices/list-devices.ts";
export { endDevice, revokeDevice } from "./devices/revoke-device.ts";
export { ApiError } from "./errors.ts";
export { renderError, toApiError } from "./http/error-reply.ts";
export { describeServer } from "./http/health.ts";
export type { RequestSession } from "./http/session.ts";
export { compileValidator } from "./http/validation.ts";
export type { Random } from "./random.ts";
export { judgeRun } from "./retention/judge-run.ts";
export { decideBatch } from "./sync/decide-batch.ts";
export { createDeltaHandlers, type DeltaHandlers } from "./sync/delta-handlers.ts";
export { createTables } from "./sync/memory/memory-rows.ts";
export { type CommittedBatch, MemoryStore } from "./sync/memory/memory-store.ts";
export { createCursorCodec } from "./sync/ports.ts";
