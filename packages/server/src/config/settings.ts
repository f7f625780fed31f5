import {
  addresses,
  dataTypes,
  integer,
  oneOf,
  optional,
  origins,
  positiveNumber,
  postgresUrl,
  schedule,
  secret,
  type SettingType,
  text,
  url,
} from "./setting-types.ts";

/** One setting. An empty value counts as unset, as Compose files write it, and takes the default. */
export type Setting<T> = {
  name: string;
  type: SettingType<T>;
  default: string;
  description: string;
  /** Never shown whole. */
  isSecret?: true;
};

export type SettingGroup = "server" | "database" | "secrets" | "accounts" | "network" | "retention";

/** What a walk over the table does with each setting: read it, list it. */
export type VisitSetting = <T>(group: SettingGroup, setting: Setting<T>) => T;

const day = integer(1, 36_500);
const milliseconds = integer(1, 3_600_000);

/** Every setting there is. The configuration, `.env.example` and `owlivion-sync config` are made from this. */
export function visitSettings(visit: VisitSetting) {
  return {
    port: visit("server", {
      name: "PORT",
      type: integer(0, 65_535),
      default: "3000",
      description: "TCP port; 0 takes a free one",
    }),
    host: visit("server", {
      name: "HOST",
      type: text,
      default: "127.0.0.1",
      description: "Address to listen on. Put a TLS proxy in front before you open it to others (0.0.0.0, ::)",
    }),
    dataDir: visit("server", {
      name: "OWLIVION_DATA_DIR",
      type: text,
      default: "./data",
      description: "Folder of the embedded PostgreSQL and of the generated secrets",
    }),
    logLevel: visit("server", {
      name: "LOG_LEVEL",
      type: oneOf("fatal", "error", "warn", "info", "debug", "trace", "silent"),
      default: "info",
      description: "fatal, error, warn, info, debug, trace or silent",
    }),
    webApp: visit("server", {
      name: "WEB_APP",
      type: oneOf("on", "off"),
      default: "on",
      description: "Whether the web app is served; off: the API alone",
    }),
    dataTypes: visit("server", {
      name: "DATA_TYPES",
      type: dataTypes,
      default: "accounts,contacts,preferences,signatures",
      description: "Data types that applications may sync, comma-separated",
    }),
    argon2Concurrency: visit("server", {
      name: "ARGON2_CONCURRENCY",
      type: integer(1, 64),
      default: "2",
      description: "Secrets hashed at the same time; each takes a core and 64 MiB",
    }),
    databaseUrl: visit("database", {
      name: "DATABASE_URL",
      type: optional(postgresUrl),
      default: "",
      description:
        "A PostgreSQL of your own, 15 to 18 (postgres://user:password@host/database). Unset: the embedded one",
      isSecret: true,
    }),
    databaseDirectUrl: visit("database", {
      name: "DATABASE_DIRECT_URL",
      type: optional(postgresUrl),
      default: "",
      description: "The same database past a pooler that pools by transaction. Unset: DATABASE_URL",
      isSecret: true,
    }),
    databasePoolSize: visit("database", {
      name: "DATABASE_POOL_SIZE",
      type: integer(1, 1000),
      default: "10",
      description: "Connections that requests share",
    }),
    databasePoolWaitMs: visit("database", {
      name: "DATABASE_POOL_WAIT_MS",
      type: milliseconds,
      default: "1000",
      description: "How long a request waits for a connection before it is answered 503, in ms",
    }),
    databaseStatementTimeoutMs: visit("database", {
      name: "DATABASE_STATEMENT_TIMEOUT_MS",
      type: milliseconds,
      default: "5000",
      description: "Longest statement of a request, in ms",
    }),
    databaseLockTimeoutMs: visit("database", {
      name: "DATABASE_LOCK_TIMEOUT_MS",
      type: milliseconds,
      default: "2000",
      description: "Longest wait for a lock, in ms",
    }),
    databaseIdleTransactionTimeoutMs: visit("database", {
      name: "DATABASE_IDLE_TRANSACTION_TIMEOUT_MS",
      type: milliseconds,
      default: "10000",
      description: "PostgreSQL ends a transaction that does nothing for so long, in ms",
    }),
    redisUrl: visit("database", {
      name: "REDIS_URL",
      type: optional(url("redis", "rediss")),
      default: "",
      description: "Redis for the rate limits of several server processes. Unset: each process counts by itself",
      isSecret: true,
    }),
    jwtSecret: visit("secrets", {
      name: "JWT_SECRET",
      type: optional(secret(32)),
      default: "",
      description: "Signs access tokens; 32 characters or more. Unset: made on first start, kept in the data directory",
      isSecret: true,
    }),
    serverSecret: visit("secrets", {
      name: "SERVER_SECRET",
      type: optional(secret(32)),
      default: "",
      description: "Refresh tokens, cursors and the seeds of unknown e-mails are derived from it. Unset: as above",
      isSecret: true,
    }),
    adminToken: visit("secrets", {
      name: "ADMIN_TOKEN",
      type: optional(secret(16)),
      default: "",
      description: "Opens /metrics, /admin and the operator's API; 16 characters or more. Unset: they are off",
      isSecret: true,
    }),
    registration: visit("accounts", {
      name: "REGISTRATION",
      type: oneOf("open", "invite", "closed"),
      default: "open",
      description: "Who may make an account: open, invite (owlivion-sync user invite) or closed",
    }),
    quotaBytes: visit("accounts", {
      name: "QUOTA_BYTES",
      type: integer(1),
      default: "1073741824",
      description: "Live ciphertext an account may keep, in bytes",
    }),
    quotaRecords: visit("accounts", {
      name: "QUOTA_RECORDS",
      type: integer(1),
      default: "200000",
      description: "Live records an account may keep",
    }),
    rateLimitScale: visit("network", {
      name: "RATE_LIMIT_SCALE",
      type: positiveNumber,
      default: "1",
      description: "Multiplies every rate limit",
    }),
    trustedProxies: visit("network", {
      name: "TRUSTED_PROXIES",
      type: addresses,
      default: "",
      description: "Proxies whose X-Forwarded-For is believed: addresses or networks, comma-separated",
    }),
    corsOrigins: visit("network", {
      name: "CORS_ORIGINS",
      type: origins,
      default: "",
      description: "Origins of web apps on other addresses that may call the API, comma-separated",
    }),
    historyDays: visit("retention", {
      name: "HISTORY_DAYS",
      type: day,
      default: "30",
      description: "How long replaced changes can be read again; not more than TOMBSTONE_DAYS",
    }),
    tombstoneDays: visit("retention", {
      name: "TOMBSTONE_DAYS",
      type: day,
      default: "90",
      description: "How long deletions are remembered; a device away for longer downloads everything again",
    }),
    batchDays: visit("retention", {
      name: "BATCH_DAYS",
      type: day,
      default: "91",
      description: "How long uploads are recognised when sent again; more than TOMBSTONE_DAYS",
    }),
    auditDays: visit("retention", {
      name: "AUDIT_DAYS",
      type: day,
      default: "90",
      description: "How long the audit of who synced what and when is kept",
    }),
    cleanupSchedule: visit("retention", {
      name: "CLEANUP_SCHEDULE",
      type: schedule,
      default: "17 * * * *",
      description: "When to remove what is past its time: a cron expression",
    }),
  };
}
