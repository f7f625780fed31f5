import type { Socket } from "node:net";
import { errorTable, type ErrorCode, type ErrorReply } from "@owlivion/sync-protocol";
import { securityHeaders } from "./security.ts";

/** What Node's parser gives up on, before there is a request to answer. */
const codes: Record<string, ErrorCode> = {
  HPE_HEADER_OVERFLOW: "HEADERS_TOO_LARGE",
  ERR_HTTP_REQUEST_TIMEOUT: "REQUEST_TIMEOUT",
};

const headerLines = Object.entries(securityHeaders)
  .map(([name, value]) => `${name}: ${value}\r\n`)
  .join("");

/** Answers on the bare socket with one of our codes, and closes it. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const code = codes[error.code ?? ""] ?? "INVALID_REQUEST";
  const { status, meaning } = errorTable[code];
  const body = JSON.stringify({ success: false, error: meaning, code } satisfies ErrorReply);
  socket.end(
    `HTTP/1.1 ${status} \r\nContent-Type: application/json; charset=utf-8\r\n${headerLines}` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
