import { setTimeout as sleep } from "node:timers/promises";
import type { ChangeEvent } from "@owlivion/sync-protocol";
import type { Device } from "../device.ts";

/** `GET /sync/events`, read until it ends or is closed. */
export class EventStream {
  readonly #abort: AbortController;
  readonly #events: ChangeEvent[] = [];
  #hasEnded = false;
  #wake: () => void = () => {};

  private constructor(abort: AbortController) {
    this.#abort = abort;
  }

  static async open(device: Device, at: number): Promise<EventStream> {
    const stream = new EventStream(new AbortController());
    const reply = await fetch(`${device.target.nextUrl(at)}/api/v1/sync/events`, {
      headers: { authorization: `Bearer ${device.accessToken}` },
      signal: stream.#abort.signal,
    });
    const type = reply.headers.get("content-type");
    if (reply.status !== 200 || type?.startsWith("text/event-stream") !== true || reply.body === null) {
      throw new Error(`the stream answered ${reply.status} ${type}: ${await reply.text()}`);
    }
    device.target.saw("GET /api/v1/sync/events", null);
    void stream.#read(reply.body);
    return stream;
  }

  /** The next event, or null when none came in time. */
  async next(timeoutMs: number): Promise<ChangeEvent | null> {
    await this.#until(() => this.#events.length > 0, timeoutMs);
    return this.#events.shift() ?? null;
  }

  /** Whether it ended in time. */
  async ended(timeoutMs: number): Promise<boolean> {
    await this.#until(() => this.#hasEnded, timeoutMs);
    return this.#hasEnded;
  }

  close(): void {
    this.#abort.abort();
  }

  async #until(isTrue: () => boolean, timeoutMs: number): Promise<void> {
    const timeout = sleep(timeoutMs, "late" as const, { ref: false });
    while (!isTrue()) {
      const woken = new Promise<void>((resolve) => (this.#wake = resolve));
      if ((await Promise.race([woken, timeout])) === "late") return;
    }
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    let text = "";
    try {
      const decoder = new TextDecoder();
      for await (const chunk of body) {
        text += decoder.decode(chunk, { stream: true });
        const blocks = text.split("\n\n");
        text = blocks.pop() ?? "";
        for (const block of blocks) this.#take(block);
      }
    } catch {
      // Closed by us, or cut: an end like another.
    }
    this.#hasEnded = true;
    this.#wake();
  }

  #take(block: string): void {
    const data = /^data: (.*)$/m.exec(block)?.[1];
    if (data === undefined || !/^event: change$/m.test(block)) return;
    this.#events.push(JSON.parse(data) as ChangeEvent);
    this.#wake();
  }
}
