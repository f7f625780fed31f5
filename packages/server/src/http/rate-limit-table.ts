/** What a limit counts by: the account, one of its devices, or the address of a caller who may have no account. */
export type RateLimitScope = "user" | "device" | "address";

export interface RateLimit {
  readonly per: RateLimitScope;
  readonly requests: number;
  readonly seconds: number;
  /** So many more, once in `burstSeconds`. */
  readonly burst?: number;
}

export const burstSeconds = 5 * 60;

const minute = 60;
const hour = 60 * minute;

/** Every rate limit there is. RATE_LIMIT_SCALE multiplies the requests. */
export const rateLimits = {
  /** The engine's form: uploads with an `Idempotency-Key`, downloads by cursor and `as_of`, history. */
  delta_push: { per: "device", requests: 60, seconds: minute, burst: 30 },
  delta_pull: { per: "device", requests: 120, seconds: minute, burst: 30 },
  /** The compatible form: uploads without a key; downloads by `since`, and `/deleted`. */
  delta_upload: { per: "user", requests: 20, seconds: minute },
  delta_since: { per: "user", requests: 30, seconds: minute },
  blob_upload: { per: "user", requests: 10, seconds: minute },
  blob_download: { per: "user", requests: 20, seconds: minute },
  /** Statuses, proofs and opening event streams. */
  sync_other: { per: "device", requests: 120, seconds: minute },
  devices: { per: "user", requests: 10, seconds: minute },
  /** Keys, salt, sign-out, new secret, erasure. */
  account: { per: "user", requests: 30, seconds: minute },
  export: { per: "user", requests: 6, seconds: hour },
  register: { per: "address", requests: 3, seconds: hour },
  login: { per: "address", requests: 5, seconds: minute },
  prelogin: { per: "address", requests: 30, seconds: minute },
  /** Not the one of login: a household or an office refreshes from one address (S37). */
  refresh: { per: "address", requests: 120, seconds: minute },
  recover: { per: "address", requests: 5, seconds: minute },
  /** What takes the operator's token. */
  admin: { per: "address", requests: 240, seconds: minute },
  /** Requests whose access token is missing or no good. */
  anonymous: { per: "address", requests: 300, seconds: minute },
} as const satisfies Record<string, RateLimit>;

export type RateLimitName = keyof typeof rateLimits;
