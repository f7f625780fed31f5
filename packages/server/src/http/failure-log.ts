import type { ErrorCode } from "@owlivion/sync-protocol";
import type { ApiError } from "../errors.ts";
import type { Log } from "../log.ts";

/** Failures that load, a stop or the world outside bring about. Where in our code they came up tells nobody anything. */
const foreseen: ReadonlySet<ErrorCode> = new Set([
  "SHUTTING_DOWN",
  "OVERLOADED",
  "DATABASE_UNAVAILABLE",
  "STORAGE_FULL",
]);

const tellEveryMs = 1000;

/**
 * Logs replies of 500 and more: mistakes with their stack; what is foreseen as a warning with its reason, each code at
 * most once a second, so that an outage does not fill the disk, and with the number that went untold.
 */
export class FailureLog {
  readonly #now: () => number;
  readonly #told = new Map<ErrorCode, { at: number; untold: number }>();

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  report(log: Pick<Log, "warn" | "error">, error: ApiError): void {
    const { code, cause } = error;
    if (!foreseen.has(code)) return log.error({ err: cause ?? error, code }, "request failed");
    const last = this.#told.get(code);
    const now = this.#now();
    if (last !== undefined && now - last.at < tellEveryMs) {
      last.untold++;
      return;
    }
    this.#told.set(code, { at: now, untold: 0 });
    const reason = cause instanceof Error ? { reason: cause.message || cause.name } : {};
    const more = last === undefined || last.untold === 0 ? {} : { untold: last.untold };
    log.warn({ code, ...reason, ...more }, "request failed");
  }
}
