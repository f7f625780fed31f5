import type { FastifyReply, FastifyRequest } from "fastify";
import { codingOf, compress } from "../http/compression.ts";
import type { DeltaReply } from "./delta-handlers.ts";

/** Below, a reply fits into a packet anyway. */
const leastBytes = 1024;
/** Of CBOR with more for each record, what is not ciphertext is too little to be worth the work on all of it. */
const mostBytesPerRecord = 2048;

/**
 * Answers a delta route, compressed where the caller takes it and it gains: not the ciphertexts, but keys, ids of devices,
 * times, nonces that stand in the envelope too, and base64. Safe against guessing by length (BREACH), because nothing in
 * these replies is a secret that somebody could guess at beside text of his choice: records are sealed before they get here, and
 * no reply has a token, a secret or an echo of free text. What has, the replies of /auth above all, must never go through here.
 */
export async function sendReply(
  request: FastifyRequest,
  reply: FastifyReply,
  { contentType, body, recordCount }: DeltaReply,
): Promise<FastifyReply> {
  reply.type(contentType);
  const vary = reply.getHeader("vary"); // of CORS
  reply.header("vary", `${vary === undefined ? "" : `${String(vary)}, `}accept, accept-encoding`);
  const coding = codingOf(request.headers["accept-encoding"]);
  if (coding === null || !isWorthIt(body, recordCount)) return reply.send(body);
  const compressed = await compress(typeof body === "string" ? Buffer.from(body) : body, coding);
  return reply.header("content-encoding", coding).send(compressed);
}

function isWorthIt(body: string | Buffer, recordCount: number): boolean {
  if (body.length < leastBytes) return false;
  return typeof body === "string" || body.length <= mostBytesPerRecord * Math.max(1, recordCount);
}
