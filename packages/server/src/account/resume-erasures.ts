import type { FastifyInstance } from "fastify";
import type { ServerContext } from "../context.ts";
import { eraseMarkedAccounts } from "./erase-account.ts";

const everyMs = 10 * 60_000;

/** Ends the erasures that a process which stopped has left: on start, and now and then. */
export function resumeErasures(app: FastifyInstance, { pool, log }: Pick<ServerContext, "pool" | "log">): void {
  const resume = () =>
    eraseMarkedAccounts(pool).then(
      (accounts) => {
        if (accounts > 0) log.info({ accounts }, "ended erasures that were interrupted");
      },
      (error: unknown) => log.warn({ err: error }, "an erasure could not be ended; it is tried again"),
    );
  const timer = setInterval(() => void resume(), everyMs).unref();
  app.addHook("onListen", async () => void resume());
  app.addHook("onClose", async () => clearInterval(timer));
}
