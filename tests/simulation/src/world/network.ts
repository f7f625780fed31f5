import type { Fetch } from "../../../../packages/client/src/ports.ts";
import type { SimReply, SimRequest } from "../server/sim-server.ts";
import type { Choice } from "../tapes/fault-tape.ts";
import type { EventStreams } from "./event-streams.ts";
import { SimResponse } from "./sim-response.ts";

/** How a device is cut off. */
export type Partition = "none" | "both" | "replies";

/** Where a request comes from, and how things stand there. */
export interface Sender {
  readonly name: string;
  readonly partition: Partition;
  /** Whether the process that asked is still there and awake. */
  isGone(): boolean;
  /** Runs in this process, when it is awake; never when it is gone. */
  deliver(run: () => void): void;
}

export interface NetworkWorld {
  fault(sender: Sender): Choice | null;
  /** How long a message is on its way. */
  delayMs(sender: Sender): number;
  happened(fault: string): void;
  later(ms: number, run: () => void): void;
  /** The server's answer; null: it crashed. What the oracles see is what the server said, whoever hears of it. */
  handle(sender: Sender, request: SimRequest): Promise<SimReply | null>;
  sent(sender: Sender, request: SimRequest): void;
}

const statusPath = "/api/v1/sync/status";
const eventsPath = "/api/v1/sync/events";
const failed = (): TypeError => new TypeError("fetch failed");

/** What lies between devices and the server. */
export class Network {
  readonly #world: NetworkWorld;
  readonly #streams: EventStreams;

  constructor(world: NetworkWorld, streams: EventStreams) {
    this.#world = world;
    this.#streams = streams;
  }

  fetchOf(sender: Sender): Fetch {
    return (url, init) => this.#fetch(sender, url, init);
  }

  #fetch(sender: Sender, url: string, init: RequestInit): Promise<Response> {
    const request = readRequest(url, init);
    const signal = init.signal ?? null;
    this.#world.sent(sender, request);
    return new Promise<Response>((resolve, reject) => {
      const abort = (): void => reject(new DOMException("This operation was aborted", "AbortError"));
      if (signal?.aborted === true) return abort();
      signal?.addEventListener("abort", abort);
      const settle = (ms: number, run: () => void): void =>
        this.#world.later(ms, () =>
          sender.deliver(() => {
            signal?.removeEventListener("abort", abort);
            run();
          }),
        );
      this.#send(sender, request, {
        answer: (ms, response) => settle(ms, () => resolve(response as unknown as Response)),
        fail: (ms) => settle(ms, () => reject(failed())),
        signal,
      });
    });
  }

  #send(sender: Sender, request: SimRequest, to: Answer): void {
    const world = this.#world;
    const fault = world.fault(sender);
    if (sender.partition === "both") {
      world.happened("net.partition");
      // Offline is told at once; a hole in the network swallows.
      if ((fault?.value ?? 0) % 2 === 0) to.fail(5);
      return;
    }
    const delayMs = world.delayMs(sender);
    const value = fault?.value ?? 0;
    if (fault !== null) world.happened(`net.${fault.kind}`);
    switch (fault?.kind) {
      case "requestLost":
      case "redirect":
        return to.fail(delayMs);
      case "cutUpload":
        return to.fail(delayMs + (request.body?.length ?? 0) / 50);
      case "portal":
        return to.answer(delayMs, stranger(200, "text/html", "<html>Please accept our terms</html>"));
      case "badGateway":
        return to.answer(delayMs, badGateway(value));
      case "tooMany":
        return to.answer(delayMs, stranger(429, "text/plain", "slow down", { "retry-after": `${value % 20}` }));
      case "hang":
        if (value % 2 === 1) this.#reach(sender, request, delayMs, () => {});
        return;
      case "duplicate":
        this.#reach(sender, request, delayMs, () => {});
        return this.#reach(sender, request, delayMs + (value % 40), (reply) => this.#answer(sender, reply, to));
      case "duplicateLate":
        this.#reach(sender, request, delayMs + (value % 600_000), () => {});
        break;
      case "clog":
        return this.#reach(sender, request, delayMs + (value % 5000), (reply) => this.#answer(sender, reply, to));
      case "replyLost":
        return this.#reach(sender, request, delayMs, () => to.fail(delayMs));
      case "truncated":
        return this.#reach(sender, request, delayMs, (reply) => {
          if (reply === null) to.fail(1);
          else to.answer(delayMs, new SimResponse(truncated(reply, value), value % 2 === 1));
        });
    }
    if (request.path === eventsPath) return this.#openStream(sender, request, delayMs, to);
    this.#reach(sender, request, delayMs, (reply) => this.#answer(sender, reply, to));
  }

  #reach(sender: Sender, request: SimRequest, delayMs: number, then: (reply: SimReply | null) => void): void {
    this.#world.later(delayMs, () => void this.#world.handle(sender, request).then(then));
  }

  #answer(sender: Sender, reply: SimReply | null, to: Answer): void {
    if (sender.partition !== "none") {
      // The way back is cut: nobody answers, and nobody says so.
      this.#world.happened("net.oneWay");
      return;
    }
    if (reply === null) return to.fail(this.#world.delayMs(sender));
    to.answer(this.#world.delayMs(sender), new SimResponse(reply));
  }

  #openStream(sender: Sender, request: SimRequest, delayMs: number, to: Answer): void {
    // Below the transport there are no streams: whoever may ask for the status may listen.
    this.#reach(sender, { ...request, path: statusPath }, delayMs, (reply) => {
      if (reply === null || reply.status !== 200) return this.#answer(sender, reply, to);
      to.answer(delayMs, this.#streams.open(sender, request, to.signal));
    });
  }
}

interface Answer {
  answer(ms: number, response: SimResponse): void;
  fail(ms: number): void;
  readonly signal: AbortSignal | null;
}

function readRequest(url: string, init: RequestInit): SimRequest {
  return {
    method: init.method ?? "GET",
    path: url.slice(url.indexOf("/", "https://".length)),
    headers: init.headers as Record<string, string>,
    // Copied: what goes out is not changed any more.
    body: init.body == null ? null : (init.body as Uint8Array).slice(),
  };
}

function stranger(status: number, contentType: string, text: string, headers: Record<string, string> = {}) {
  const body = new TextEncoder().encode(text);
  return new SimResponse({ status, headers: { "content-type": contentType, ...headers }, body });
}

function badGateway(value: number): SimResponse {
  const status = [502, 503, 504][value % 3]!;
  return stranger(status, "text/html", "<html>Bad Gateway</html>", value % 2 === 0 ? {} : { "retry-after": "2" });
}

/** Cut off, but never before its first byte: that would be another failure. */
function truncated(reply: SimReply, value: number): SimReply {
  return { ...reply, body: reply.body.subarray(0, value % Math.max(1, reply.body.length)) };
}
