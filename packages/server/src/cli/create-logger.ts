import { type Logger, pino } from "pino";
import { createReadableStream } from "./readable-log.ts";

export type { Logger } from "pino";

/** The server's log: JSON lines for machines, one readable line each on a terminal. Requests never log headers or bodies. */
export function createLogger(level: string): Logger {
  const options = { level, base: null };
  return process.stdout.isTTY ? pino(options, createReadableStream(process.stdout)) : pino(options);
}
