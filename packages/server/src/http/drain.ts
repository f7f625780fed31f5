import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";
import { ApiError } from "../errors.ts";

interface Connection {
  unanswered: number;
  latest: IncomingMessage | null;
}

/**
 * Once the application is closing, what still arrives on open connections is refused with our own code, and every
 * connection goes with its last reply (S35). Node alone closes those that are between two requests at that moment: it keeps
 * the ones on which nothing was ever asked and the ones whose reply says keep-alive, and cuts replies that are still
 * being sent.
 */
export function installDrain(app: FastifyInstance): void {
  let isDraining = false;
  const connections = new Map<Socket, Connection>();
  app.server.on("connection", (socket: Socket) => {
    if (isDraining) return void socket.destroy();
    connections.set(socket, { unanswered: 0, latest: null });
    socket.once("close", () => connections.delete(socket));
  });
  app.server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    const connection = connections.get(socket);
    if (connection === undefined) return;
    connection.unanswered++;
    connection.latest = request;
    response.once("close", () => {
      connection.unanswered--;
      if (isDraining && connection.unanswered === 0) socket.destroySoon();
    });
  });
  // Node's own, which closing calls, takes a connection whose reply is written but not yet sent for idle.
  app.server.closeIdleConnections = () => {
    for (const [socket, { unanswered }] of connections) if (unanswered === 0) socket.destroy();
  };
  app.addHook("preClose", async () => {
    isDraining = true;
    app.server.closeIdleConnections();
  });
  app.addHook("onRequest", async () => {
    if (isDraining) throw new ApiError("SHUTTING_DOWN", { retryAfterSeconds: 2 });
  });
  app.addHook("onSend", async (request, reply) => {
    // Whoever has sent the next request already waits for its answer on this connection.
    const { latest = request.raw } = connections.get(request.raw.socket) ?? {};
    if (isDraining && latest === request.raw) reply.header("connection", "close");
  });
}
