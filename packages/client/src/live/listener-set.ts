/** Listeners of a live value: the first one starts what keeps it up to date, the last one to go ends it. */
export class ListenerSet {
  readonly #listeners = new Map<object, () => void>();
  readonly #start: () => () => void;
  #stop: (() => void) | null = null;

  constructor(start: () => () => void) {
    this.#start = start;
  }

  add(listener: () => void): () => void {
    const id = {};
    this.#listeners.set(id, listener);
    this.#stop ??= this.#start();
    return () => {
      if (!this.#listeners.delete(id) || this.#listeners.size > 0) return;
      this.#stop?.();
      this.#stop = null;
    };
  }

  tell(): void {
    for (const listener of [...this.#listeners.values()]) listener();
  }
}
