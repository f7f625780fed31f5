import type { FastifyBaseLogger } from "fastify";

/** What the parts below Fastify log with: its own pino logger, or a test's. */
export type Log = Pick<FastifyBaseLogger, "debug" | "info" | "warn" | "error">;
