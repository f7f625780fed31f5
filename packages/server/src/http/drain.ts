import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";
import { ApiError } from "../errors.ts";

/**
 * Once the application is closing, what still arrives on open connections is refused with our own code, and connections
 * on which nothing was ever asked are closed: Node closes those between two requests only, and a browser that connects
 * ahead would hold up the stop for a minute (S35).
 */
export function installDrain(app: FastifyInstance): void {
  let isDraining = false;
  const unused = new Set<Socket>();
  app.server.on("connection", (socket: Socket) => {
    if (isDraining) return void socket.destroy();
    unused.add(socket);
    socket.once("close", () => unused.delete(socket));
  });
  app.server.on("request", (request: { socket: Socket }) => unused.delete(request.socket));
  app.addHook("preClose", async () => {
    isDraining = true;
    for (const socket of unused) socket.destroy();
  });
  app.addHook("onRequest", async () => {
    if (isDraining) throw new ApiError("SHUTTING_DOWN", { retryAfterSeconds: 2 });
  });
}
