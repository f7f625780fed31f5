import type { Announcement, SimRequest } from "../server/sim-server.ts";
import type { Sender } from "./network.ts";
import { type SimReader, SimResponse } from "./sim-response.ts";

export interface StreamsWorld {
  /** Whose access token it is; null: nobody's. */
  ownerOf(request: SimRequest): { readonly userId: string; readonly deviceId: string } | null;
  delayMs(sender: Sender): number;
  /** Whether an announcement is lost on its way to this device. */
  loses(sender: Sender): boolean;
  later(ms: number, run: () => void): void;
}

const beatMs = 25_000;
/** An access token's time. */
const lifeMs = 15 * 60_000;

/** Server-sent events: what the server announced after commits, brought to whoever listens, or lost. */
export class EventStreams {
  readonly #world: StreamsWorld;
  readonly #open = new Set<Stream>();

  constructor(world: StreamsWorld) {
    this.#world = world;
  }

  open(sender: Sender, request: SimRequest, signal: AbortSignal | null): SimResponse {
    const stream = new Stream(sender, this.#world.ownerOf(request)?.userId ?? "", () => this.#open.delete(stream));
    this.#open.add(stream);
    signal?.addEventListener("abort", () => stream.end());
    this.#world.later(lifeMs, () => stream.end());
    this.#beat(stream);
    const response = new SimResponse({ status: 200, headers: { "content-type": "text/event-stream" }, body: none });
    return Object.assign(response, { body: { getReader: () => stream } });
  }

  announce({ userId, dataType, version, deviceId }: Announcement): void {
    const data = JSON.stringify({ data_type: dataType, version, device_id: deviceId });
    for (const stream of this.#open) {
      if (stream.userId !== userId || stream.sender.partition !== "none" || this.#world.loses(stream.sender)) continue;
      this.#world.later(this.#world.delayMs(stream.sender), () => stream.push(`event: change\ndata: ${data}\n\n`));
    }
  }

  /** The server's process ends, or a session does: all of them, or an account's. */
  end(userId?: string): void {
    for (const stream of [...this.#open]) if (userId === undefined || stream.userId === userId) stream.end();
  }

  #beat(stream: Stream): void {
    this.#world.later(beatMs, () => {
      if (stream.isOver || stream.sender.isGone()) return stream.end();
      if (stream.sender.partition === "none") stream.push(": beat\n\n");
      this.#beat(stream);
    });
  }
}

const none = new Uint8Array(0);
const utf8 = new TextEncoder();

class Stream implements SimReader {
  readonly sender: Sender;
  readonly userId: string;
  readonly #onEnd: () => void;
  #chunks: Uint8Array[] = [];
  #waiting: ((chunk: { done: boolean; value: Uint8Array | undefined }) => void) | null = null;
  isOver = false;

  constructor(sender: Sender, userId: string, onEnd: () => void) {
    this.sender = sender;
    this.userId = userId;
    this.#onEnd = onEnd;
  }

  push(text: string): void {
    if (this.isOver) return;
    this.#chunks.push(utf8.encode(text));
    this.#tell();
  }

  end(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.#onEnd();
    this.#tell();
  }

  read(): Promise<{ done: boolean; value: Uint8Array | undefined }> {
    return new Promise((resolve) => {
      this.#waiting = resolve;
      if (this.#chunks.length > 0 || this.isOver) this.#tell();
    });
  }

  async cancel(): Promise<void> {
    this.end();
  }

  #tell(): void {
    this.sender.deliver(() => {
      const waiting = this.#waiting;
      if (waiting === null) return;
      const value = this.#chunks.shift();
      if (value === undefined && !this.isOver) return;
      this.#waiting = null;
      waiting({ done: value === undefined, value });
    });
  }
}
