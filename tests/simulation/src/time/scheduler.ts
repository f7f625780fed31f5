import type { Timer } from "../../../../packages/client/src/ports.ts";

interface Event {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
  isCancelled: boolean;
}

/**
 * Virtual time. Whatever waits for something outside of promises waits for an event here; the next one runs when nothing that
 * was ready to run is left. Without real I/O that takes no real time: `process.nextTick`, called by a promise's continuation,
 * comes when all promises have settled that can.
 */
export class Scheduler {
  #nowMs = 0;
  #order = 0;
  readonly #heap: Event[] = [];
  #turnEnds: { run: () => void; isCancelled: boolean }[] = [];
  #external = 0;
  #wakeExternal: () => void = () => {};
  /** Looks at the world after every event. */
  onSettled: () => void = () => {};

  /** Milliseconds since the world began. */
  get nowMs(): number {
    return this.#nowMs;
  }

  get events(): number {
    return this.#order;
  }

  at(delayMs: number, run: () => void): Timer {
    const event: Event = {
      atMs: this.#nowMs + Math.max(0, delayMs),
      order: (this.#order += 1),
      run,
      isCancelled: false,
    };
    push(this.#heap, event);
    return { cancel: () => void (event.isCancelled = true) };
  }

  wait(delayMs: number): Promise<void> {
    return new Promise((resolve) => void this.at(delayMs, resolve));
  }

  /** When nothing that is ready to run is left, and before time passes. */
  atTurnEnd(run: () => void): Timer {
    const callback = { run, isCancelled: false };
    this.#turnEnds.push(callback);
    return { cancel: () => void (callback.isCancelled = true) };
  }

  /** Work that takes real time, as a real database does: virtual time waits for it. */
  async external<T>(work: Promise<T>): Promise<T> {
    this.#external += 1;
    try {
      return await work;
    } finally {
      this.#external -= 1;
      this.#wakeExternal();
    }
  }

  /** Runs events until the answer is true or `limitMs` have passed; answers whether it became true. */
  async runUntil(isDone: () => boolean, limitMs: number): Promise<boolean> {
    const endMs = this.#nowMs + limitMs;
    await this.#settle();
    while (!isDone()) {
      const event = this.#next(endMs);
      if (event === undefined) {
        this.#nowMs = Math.max(this.#nowMs, Math.min(endMs, Number.MAX_SAFE_INTEGER));
        return false;
      }
      this.#nowMs = Math.max(this.#nowMs, event.atMs);
      event.run();
      await this.#settle();
    }
    return true;
  }

  /** Time passes without anything happening in it, as in a world that sleeps. */
  leap(ms: number): void {
    this.#nowMs += ms;
  }

  #next(endMs: number): Event | undefined {
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined || (!first.isCancelled && first.atMs > endMs)) return undefined;
      pop(this.#heap);
      if (!first.isCancelled) return first;
    }
  }

  async #settle(): Promise<void> {
    await drained();
    for (;;) {
      if (this.#external > 0) {
        const { promise, resolve } = Promise.withResolvers<void>();
        this.#wakeExternal = resolve;
        await promise;
        await drained();
      } else if (this.#turnEnds.length > 0) {
        const callbacks = this.#turnEnds.filter(({ isCancelled }) => !isCancelled);
        this.#turnEnds = [];
        if (callbacks.length === 0) break;
        for (const { run } of callbacks) run();
        await drained();
      } else break;
    }
    this.onSettled();
  }
}

const { nextTick } = process;

/** Resolves when no promise is left that could go on. */
function drained(): Promise<void> {
  return new Promise((resolve) => nextTick(resolve));
}

const isBefore = (a: Event, b: Event): boolean => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);

function push(heap: Event[], event: Event): void {
  let at = heap.length;
  heap.push(event);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!isBefore(event, heap[parent]!)) break;
    heap[at] = heap[parent]!;
    at = parent;
  }
  heap[at] = event;
}

function pop(heap: Event[]): void {
  const last = heap.pop()!;
  if (heap.length === 0) return;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
    if (!isBefore(heap[child]!, last)) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = last;
}
