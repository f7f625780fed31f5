import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type Answer, type Asked, decodeBody, encodeBody } from "./message.ts";

/** Asks the real server, with what the device sent or with something else. */
export type Forward = (changes?: Partial<Pick<Asked, "headers" | "bytes">> & { query?: string }) => Promise<Answer>;

/** What the server makes of one request; it may ask the real one, or not. */
export type Lie = (asked: Asked, forward: Forward) => Promise<Answer>;

export interface Exchange {
  readonly asked: Asked;
  readonly answer: Answer;
}

/** Not passed on in either direction: they are about one connection, or about bytes that are encoded anew. */
const hopHeaders = new Set(["host", "connection", "content-length", "transfer-encoding", "keep-alive"]);

/**
 * Stands in front of the real server, as whoever took it over does: it has seen every request and reply, and changes what it likes.
 * Without a lie it passes everything on.
 */
export class HostileServer {
  /** Null: it is honest. */
  lie: Lie | null = null;
  /** Every request and reply so far, in plain form. */
  readonly past: Exchange[] = [];
  /** Every byte that any device sent: method, address, headers, body. */
  readonly received: Buffer[] = [];
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  readonly #realUrl: string;

  private constructor(realUrl: string) {
    this.#realUrl = realUrl;
  }

  static async start(realUrl: string): Promise<HostileServer> {
    const hostile = new HostileServer(realUrl);
    hostile.#server.listen(0, "127.0.0.1");
    await once(hostile.#server, "listening");
    return hostile;
  }

  /** By name: a browser trusts localhost like https. */
  get url(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const asked = await this.#read(request);
      const isPreflight = asked.method === "OPTIONS";
      const forward: Forward = (changes) => this.#askReal(asked, changes);
      const answer =
        this.lie === null || isPreflight ? await this.#pass(asked, response) : await this.lie(asked, forward);
      if (answer === null) return;
      if (!isPreflight) this.past.push({ asked, answer });
      this.#send(asked, answer, response);
    } catch (error) {
      // A device that went away; anything else fails the test that waits for an answer.
      response.destroy(error instanceof Error ? error : undefined);
    }
  }

  async #read(request: IncomingMessage): Promise<Asked> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)] as const),
    );
    const url = new URL(request.url ?? "/", this.url);
    this.received.push(Buffer.from(`${request.method} ${request.url}\n${JSON.stringify(headers)}\n`), bytes);
    return {
      method: request.method ?? "GET",
      path: url.pathname.replace("/api/v1", ""),
      query: url.searchParams,
      headers,
      deviceId: deviceOf(headers["authorization"]),
      bytes,
      body: decodeBody(headers, bytes),
    };
  }

  /** An event stream goes through as it comes. */
  async #pass(asked: Asked, response: ServerResponse): Promise<Answer | null> {
    if (asked.path !== "/sync/events") return await this.#askReal(asked);
    const ending = new AbortController();
    response.on("close", () => ending.abort());
    const reply = await this.#fetchReal(asked, {}, ending.signal);
    response.writeHead(reply.status, headersOf(reply));
    response.flushHeaders();
    try {
      for await (const chunk of reply.body ?? []) response.write(chunk);
    } catch {
      // The device ended it.
    }
    response.end();
    return null;
  }

  async #askReal(asked: Asked, changes: Parameters<Forward>[0] = {}): Promise<Answer> {
    const reply = await this.#fetchReal(asked, changes);
    const headers = headersOf(reply);
    const bytes = Buffer.from(await reply.arrayBuffer());
    return { status: reply.status, headers, body: decodeBody(headers, bytes) ?? bytes };
  }

  async #fetchReal(asked: Asked, changes: NonNullable<Parameters<Forward>[0]>, signal?: AbortSignal) {
    const { headers = asked.headers, bytes = asked.bytes, query = asked.query.toString() } = changes;
    const sent = Object.entries(headers).filter(([name]) => !hopHeaders.has(name) && name !== "accept-encoding");
    return await fetch(`${this.#realUrl}/api/v1${asked.path}${query === "" ? "" : `?${query}`}`, {
      method: asked.method,
      headers: { ...Object.fromEntries(sent), "accept-encoding": "identity" },
      body: bytes.length === 0 ? null : new Uint8Array(bytes),
      ...(signal === undefined ? {} : { signal }),
    });
  }

  #send(asked: Asked, answer: Answer, response: ServerResponse): void {
    const { origin } = asked.headers;
    const cors = origin === undefined ? {} : { "access-control-allow-origin": origin };
    const headers: Record<string, string> = { ...cors, ...answer.headers };
    for (const name of hopHeaders) delete headers[name];
    const bytes = encodeBody(answer);
    response.writeHead(answer.status, answer.status === 204 ? headers : { ...headers, "content-length": bytes.length });
    response.end(bytes);
  }
}

const headersOf = (reply: Response): Record<string, string> => Object.fromEntries(reply.headers);

/** Whoever made the token may read it. */
function deviceOf(authorization: string | undefined): string | null {
  const payload = authorization?.split(".")[1];
  if (payload === undefined) return null;
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as { device?: string };
  return claims.device ?? null;
}
