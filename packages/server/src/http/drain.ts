import type { FastifyInstance } from "fastify";
import { ApiError } from "../errors.ts";

/** Once the application is closing, what still arrives on open connections is refused with our own code. */
export function installDrain(app: FastifyInstance): void {
  let isDraining = false;
  app.addHook("preClose", async () => {
    isDraining = true;
  });
  app.addHook("onRequest", async () => {
    if (isDraining) throw new ApiError("SHUTTING_DOWN", { retryAfterSeconds: 2 });
  });
}
