import type { FastifyInstance } from "fastify";
import { ApiError } from "../errors.ts";
import { readsBody } from "./body-timeout.ts";

/**
 * Bodies are not compressed: refused before they are read, where the parsers would only find that their bytes are neither
 * JSON nor CBOR. The reply says what is taken instead (RFC 9110, 15.5.16).
 */
export function refuseEncodedBodies(app: FastifyInstance): void {
  app.addHook("preParsing", async (request, reply) => {
    const coding = request.headers["content-encoding"]?.trim().toLowerCase() ?? "";
    if (coding === "" || coding === "identity" || !readsBody(request.raw)) return;
    reply.header("accept-encoding", "identity");
    throw new ApiError("UNSUPPORTED_MEDIA_TYPE", {
      message: "Request bodies are read uncompressed only.",
      details: [{ field: "headers/content-encoding", problem: "must be identity" }],
    });
  });
}
