import type { TestServer } from "../../../server/test/support/server.ts";
import type { Fetch } from "../../src/ports.ts";

/** What happens to one request on its way to the real server. */
export type Fault =
  /** It never arrives. */
  | "drop-request"
  /** The server did it; nobody hears of it. */
  | "drop-reply"
  /** It arrives twice; the second answer is the one that comes back. */
  | "duplicate"
  /** Something else answers, and the server hears nothing. */
  | { readonly instead: () => Response }
  /** The server's answer is changed on its way. */
  | { readonly change: (reply: Response) => Response | Promise<Response> }
  /** Something happens before it arrives. */
  | { readonly before: () => Promise<unknown> };

export interface SentRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The network between a client and the real server, without sockets: what went over it, and what goes wrong. */
export class FaultyNetwork {
  readonly sent: SentRequest[] = [];
  /** Whatever the server answered, as text. */
  readonly replies: string[] = [];
  fault: (request: SentRequest) => Fault | null = () => null;
  /** The server's clock, as its replies tell it. */
  serverNow: () => number = () => Date.now();
  /** The server it leads to; a restored one takes the place of another. */
  app: TestServer["app"];

  constructor(app: TestServer["app"]) {
    this.app = app;
  }

  /** The next request to this path has the fault; the others none. */
  failOnce(path: string, fault: Fault): void {
    let isLeft = true;
    this.fault = (request) => {
      if (!isLeft || request.path.split("?", 1)[0] !== `/api/v1${path}`) return null;
      isLeft = false;
      return fault;
    };
  }

  /** The paths that were asked for, in order. */
  get paths(): string[] {
    return this.sent.map((request) => request.path.replace("/api/v1", ""));
  }

  readonly fetch: Fetch = async (url, init) => {
    const { pathname, search } = new URL(url);
    const request: SentRequest = {
      method: init.method ?? "GET",
      path: pathname + search,
      headers: init.headers as Record<string, string>,
      body: Buffer.from((init.body as Uint8Array | null) ?? []),
    };
    this.sent.push(request);
    const fault = this.fault(request);
    if (fault === "drop-request") throw new TypeError("fetch failed");
    if (fault === "duplicate") await this.#deliver(request);
    if (typeof fault === "object" && fault !== null) {
      if ("instead" in fault) return fault.instead();
      if ("before" in fault) await fault.before();
    }
    const reply = await this.#deliver(request);
    if (fault === "drop-reply") throw new TypeError("fetch failed");
    return typeof fault === "object" && fault !== null && "change" in fault ? await fault.change(reply) : reply;
  };

  async #deliver({ method, path, headers, body }: SentRequest): Promise<Response> {
    const reply = await this.app.inject({
      method: method as "GET",
      url: path,
      headers: { ...headers },
      ...(body.length === 0 ? {} : { payload: body }),
    });
    this.replies.push(reply.body);
    const known = Object.entries(reply.headers).flatMap(([name, value]): [string, string][] =>
      value === undefined ? [] : [[name, String(value)]],
    );
    const told = { ...Object.fromEntries(known), date: new Date(this.serverNow()).toUTCString() };
    return new Response(new Uint8Array(reply.rawPayload), { status: reply.statusCode, headers: told });
  }
}
