import { SyncError } from "../errors.ts";
import type { Ports } from "../ports.ts";
import { type BodyLimits, BodyReader } from "./body-reader.ts";
import type { ClockOffset } from "./clock-offset.ts";
import { Deadline } from "./deadline.ts";
import { offline } from "./offline.ts";
import { errorOfReply, readRetryAfter } from "./reply-error.ts";
import { readJson } from "./read-json.ts";
import { parseServerUrl } from "./server-url.ts";

export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Below the server's address, query included. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer>;
  /** Of the reply; a longer one is INVALID_REPLY. */
  readonly maxBytes?: number;
  /** Instead of what is usual: how long nothing may move. */
  readonly idleMs?: number;
  readonly signal?: AbortSignal;
  /** Whose records it is about, for whoever counts; absent: nobody's. */
  readonly dataType?: string;
}

export interface HttpReply {
  readonly contentType: string;
  readonly requestId: string | null;
}

/** Bytes of bodies, as they are before the network compresses them. */
export interface Traffic {
  /** Null: what concerns all of them. */
  readonly dataType: string | null;
  readonly sentBytes: number;
  readonly receivedBytes: number;
}

export interface HttpOptions {
  readonly url: string;
  readonly ports: Ports;
  readonly clockOffset: ClockOffset;
  readonly onTraffic?: (traffic: Traffic) => void;
}

export const maxReplyBytes = 24 * 1024 * 1024;
/** More than any error says. */
const maxErrorBytes = 2 * 1024 * 1024;
const idleMs = 30_000;
/** What the slowest uplink that is waited for takes; nobody tells us how far an upload has come. */
const minSendBytesPerSecond = 20_000;

/** Requests to one server: everything that can go wrong on the way is a `SyncError`, and holds nothing of what was sent. */
export class HttpClient {
  readonly #base: string;
  readonly #options: HttpOptions;

  constructor(options: HttpOptions) {
    this.#base = parseServerUrl(options.url);
    this.#options = options;
  }

  /** The whole body of a success. */
  async send(request: HttpRequest): Promise<HttpReply & { readonly body: Uint8Array }> {
    const { chunks, ...reply } = await this.open(request);
    return { ...reply, body: await chunks.all() };
  }

  /** A success whose body is read piece by piece, or let go with `return`. */
  async open(request: HttpRequest): Promise<HttpReply & { readonly chunks: BodyReader }> {
    const deadline = new Deadline(this.#options.ports.clock, request.signal);
    try {
      const response = await this.#fetch(request, deadline);
      const limits = { maxBytes: request.maxBytes ?? maxReplyBytes, idleMs: request.idleMs ?? idleMs };
      if (!response.ok) throw await this.#failure(request, response, deadline);
      const chunks = this.#read(request, response, deadline, limits);
      return { contentType: mediaTypeOf(response), requestId: requestIdOf(response), chunks };
    } catch (error) {
      deadline.end();
      throw error;
    }
  }

  async #fetch(request: HttpRequest, deadline: Deadline): Promise<Response> {
    const { ports, clockOffset, onTraffic } = this.#options;
    const sentBytes = request.body?.length ?? 0;
    deadline.extend((request.idleMs ?? idleMs) + (sentBytes / minSendBytesPerSecond) * 1000);
    const sentAt = ports.clock.now();
    if (sentBytes > 0) onTraffic?.({ dataType: request.dataType ?? null, sentBytes, receivedBytes: 0 });
    try {
      const response = await deadline.race(
        ports.fetch(this.#base + request.path, {
          method: request.method,
          headers: request.headers,
          body: request.body ?? null,
          signal: deadline.signal,
          redirect: "error",
          cache: "no-store",
          credentials: "omit",
          referrerPolicy: "no-referrer",
        }),
      );
      clockOffset.observe(sentAt, ports.clock.now(), response.headers.get("date"));
      return response;
    } catch (error) {
      if (error instanceof SyncError) throw error;
      throw offline(error);
    }
  }

  #read(request: HttpRequest, response: Response, deadline: Deadline, limits: BodyLimits): BodyReader {
    const { onTraffic } = this.#options;
    const dataType = request.dataType ?? null;
    return new BodyReader(response, deadline, limits, (receivedBytes) =>
      onTraffic?.({ dataType, sentBytes: 0, receivedBytes }),
    );
  }

  async #failure(request: HttpRequest, response: Response, deadline: Deadline): Promise<SyncError> {
    const body = await this.#read(request, response, deadline, { maxBytes: maxErrorBytes, idleMs }).all();
    const { status, headers } = response;
    const isJson = mediaTypeOf(response) === "application/json";
    return errorOfReply({
      status,
      body: isJson ? readJson(body) : undefined,
      isJson,
      retryAfterMs: readRetryAfter(headers.get("retry-after"), headers.get("date")),
      requestId: requestIdOf(response),
    });
  }
}

const mediaTypeOf = (response: Response): string =>
  (response.headers.get("content-type") ?? "").split(";", 1)[0]!.trim().toLowerCase();

/** It is shown to people: nothing but what an id may be. */
function requestIdOf(response: Response): string | null {
  const id = response.headers.get("x-request-id");
  return id !== null && /^[\w.:-]{1,128}$/.test(id) ? id : null;
}
