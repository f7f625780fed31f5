import type { StoreMessage } from "../store.ts";

type Listener = (message: StoreMessage) => void;

/** Messages between the tabs that have the same store open. */
export class TabMessages {
  readonly #channel: BroadcastChannel;
  readonly #listeners = new Set<Listener>();

  constructor(name: string) {
    this.#channel = new BroadcastChannel(name);
    this.#channel.addEventListener("message", ({ data }: MessageEvent) => {
      const message = readMessage(data);
      for (const listener of this.#listeners) listener(message);
    });
  }

  send(message: StoreMessage): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has no target
    this.#channel.postMessage(message);
  }

  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#channel.close();
    this.#listeners.clear();
  }
}

const types: readonly string[] = ["changed", "edited", "state", "wanted", "status"] satisfies StoreMessage["type"][];

/** The other tab may run another version of the SDK. */
function readMessage(data: unknown): StoreMessage {
  const isKnown = typeof data === "object" && data !== null && "type" in data && types.includes(data.type as string);
  return isKnown ? (data as StoreMessage) : { type: "unknown" };
}
