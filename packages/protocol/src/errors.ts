/**
 * What a client does with an error, so that nobody guesses from a message:
 *
 * - `fix`      the request is wrong; the same request fails again
 * - `reauth`   get a new access token (or ask for the password), then send again
 * - `retry`    send the same bytes again later; honour `Retry-After`, else back off with jitter
 * - `split`    send less at once
 * - `resync`   follow the cursor rules: adopt the epoch or download anew
 * - `merge`    somebody else was faster: read, merge, send a new request
 * - `person`   only a person can help: the account's owner or the operator
 */
export type RetryClass = "fix" | "reauth" | "retry" | "split" | "resync" | "merge" | "person";

export interface ErrorEntry {
  readonly status: number;
  readonly retry: RetryClass;
  /** For a person who reads the table; also the default `error` text of the reply. */
  readonly meaning: string;
}

const entry = (status: number, retry: RetryClass, meaning: string): ErrorEntry => ({ status, retry, meaning });

/** Codes of a whole reply. `docs/errors.md` is generated from this table. */
export const errorTable = {
  INVALID_REQUEST: entry(400, "fix", "The request does not fit the schema; `details` names the field."),
  INVALID_JSON: entry(400, "fix", "The body is not valid JSON."),
  INVALID_CBOR: entry(
    400,
    "fix",
    "The body is not valid CBOR, or uses tags, strings in pieces, keys that are no text, or deep nesting.",
  ),
  INVALID_DATA_TYPE: entry(400, "fix", "This server is not configured for the data type."),
  EMPTY_CHANGES: entry(400, "fix", "`changes` must hold at least one change."),
  INVALID_CHANGES: entry(400, "fix", "A change is malformed; nothing was applied. `details` lists index and code."),
  CHECKSUM_MISMATCH: entry(400, "fix", "The checksum is not the SHA-256 of the ciphertext."),
  MISSING_SINCE_PARAM: entry(400, "fix", "Give `cursor`, `since` or `as_of`."),
  INVALID_TIMESTAMP: entry(400, "fix", "A timestamp must be RFC 3339 with a time zone."),
  INVALID_CURSOR: entry(400, "resync", "The cursor cannot be read, or is of another account, data type or server."),
  INVALID_AS_OF: entry(400, "fix", "`as_of` must be a version up to the head, or a timestamp."),
  INVALID_IDEMPOTENCY_KEY: entry(400, "fix", "An `Idempotency-Key` has 1 to 128 printable ASCII characters."),
  EPOCH_REQUIRED: entry(400, "fix", "A batch with a `base_version` must carry its `epoch`."),
  CANNOT_DELETE_CURRENT_DEVICE: entry(400, "fix", "A device cannot revoke itself; sign out instead."),
  AUTHENTICATION_REQUIRED: entry(401, "reauth", "The request carries no access token."),
  INVALID_TOKEN: entry(401, "reauth", "The access token cannot be verified."),
  TOKEN_EXPIRED: entry(401, "reauth", "The access token has expired; refresh it."),
  SESSION_REVOKED: entry(
    401,
    "person",
    "The session was ended: signed out, device revoked, secret changed or account disabled.",
  ),
  INVALID_REFRESH_TOKEN: entry(
    401,
    "person",
    "The refresh token is unknown, expired or was used before; sign in again.",
  ),
  INVALID_CREDENTIALS: entry(401, "person", "E-mail address or secret is wrong."),
  REAUTH_REQUIRED: entry(401, "person", "This action needs the auth secret again."),
  ADMIN_TOKEN_REQUIRED: entry(401, "person", "This route needs the operator's token."),
  ACCOUNT_DISABLED: entry(403, "person", "The operator has disabled this account."),
  REGISTRATION_CLOSED: entry(403, "person", "This server takes no new accounts, or only with a valid invitation."),
  DEVICE_MISMATCH: entry(403, "fix", "`device_id` is not the device the access token was issued to."),
  PLAIN_ACCOUNT: entry(
    403,
    "person",
    "An account made by a plain client cannot hold keys; make a new account with the SDK.",
  ),
  NOT_FOUND: entry(404, "fix", "There is no such route."),
  NO_DATA: entry(404, "fix", "No blob was ever stored for this data type."),
  NO_KEYS: entry(404, "fix", "This account holds no keys."),
  ACCOUNT_NOT_FOUND: entry(404, "fix", "There is no such account."),
  DEVICE_NOT_FOUND: entry(404, "fix", "The account has no such device."),
  NOT_ACCEPTABLE: entry(406, "fix", "The route cannot answer in the media type asked for."),
  REQUEST_TIMEOUT: entry(408, "retry", "The request did not arrive in time."),
  EMAIL_EXISTS: entry(409, "person", "An account with this e-mail address exists."),
  ACCOUNT_ID_EXISTS: entry(409, "fix", "An account with this id exists."),
  SALT_ALREADY_SET: entry(409, "fix", "The encryption salt is set once and cannot be changed."),
  VERSION_CONFLICT: entry(409, "merge", "The blob has another version than the one sent."),
  HEAD_MOVED: entry(409, "merge", "The collection's head is not the version of the proof."),
  KEYS_CHANGED: entry(409, "merge", "The account's keys have another version than the one sent."),
  KEY_EPOCH_OUTDATED: entry(409, "person", "A record is sealed under an older key epoch than the account's."),
  TOO_MANY_DEVICES: entry(409, "person", "The account has as many devices as it may have; revoke one."),
  CURSOR_EXPIRED: entry(410, "resync", "The cursor may have missed purged deletions; download anew with tombstones."),
  EPOCH_CHANGED: entry(410, "resync", "The server's history was cut since the cursor; `details` lists the epochs."),
  HISTORY_EXPIRED: entry(410, "fix", "The history does not reach back that far."),
  BODY_TOO_LARGE: entry(413, "split", "The request body is too large."),
  BATCH_TOO_LARGE: entry(413, "split", "A batch holds at most 1000 changes."),
  QUOTA_EXCEEDED: entry(413, "person", "The account's quota does not allow this batch; deletions always pass."),
  UNSUPPORTED_MEDIA_TYPE: entry(415, "fix", "The route does not read this media type."),
  IDEMPOTENCY_KEY_REUSED: entry(422, "fix", "The idempotency key was used before with another body."),
  RATE_LIMITED: entry(429, "retry", "Too many requests; wait for `Retry-After` seconds."),
  TOO_MANY_ATTEMPTS: entry(429, "retry", "Too many wrong secrets for this account; wait for `Retry-After` seconds."),
  TOO_MANY_STREAMS: entry(429, "retry", "The device has as many event streams open as it may have."),
  HEADERS_TOO_LARGE: entry(431, "fix", "The request headers are too large."),
  INTERNAL_ERROR: entry(
    500,
    "retry",
    "The server made a mistake; its log tells more under the reply's `x-request-id`.",
  ),
  DATABASE_UNAVAILABLE: entry(
    503,
    "retry",
    "The database cannot be reached or is too busy; nothing was applied or the outcome is unknown.",
  ),
  OVERLOADED: entry(503, "retry", "The server has too much to do at the moment."),
  SHUTTING_DOWN: entry(503, "retry", "The server is stopping."),
  STORAGE_FULL: entry(507, "retry", "The server's disk is full; nothing was applied."),
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errorTable;

/** Codes in `details` of `INVALID_CHANGES`: what is wrong with one change. */
export const changeErrorTable = {
  INVALID_CHANGE: "The change is not an object of the documented fields.",
  INVALID_RECORD_ID: "`record_id` has 1 to 255 characters, none of them a control character or a lone surrogate.",
  INVALID_CHANGE_TYPE: "`change_type` is insert, update or delete.",
  MISSING_RECORD:
    "An insert or update needs `encrypted_record`, `record_nonce` and `record_checksum`; a delete has all three or none.",
  INVALID_BASE64: "A binary field is not strict, padded base64.",
  RECORD_TOO_LARGE: "The ciphertext is larger than 256 KiB, or a deletion's than 4 KiB.",
  EMPTY_RECORD: "The ciphertext is empty.",
  INVALID_NONCE: "The nonce has 12 to 32 bytes.",
  INVALID_CHECKSUM: "The checksum is not the SHA-256 of the ciphertext.",
  INVALID_CLIENT_TIMESTAMP: "`client_timestamp` is not RFC 3339 with a time zone.",
  INVALID_BASE_VERSION: "`base_version` is an integer from 0 to 2^53 - 1.",
  INVALID_ENVELOPE: "An account with keys uploads sealed envelopes only.",
} as const;

export type ChangeErrorCode = keyof typeof changeErrorTable;
