import { abortError } from "./abort.ts";

/** Locks among the handles of one process, in the order of asking. */
export class NamedLocks {
  readonly #waiting = new Map<string, (() => void)[]>();

  async hold<T>(
    name: string,
    work: () => Promise<T>,
    signal: AbortSignal,
    ifAvailable: boolean,
  ): Promise<T | undefined> {
    if (signal.aborted) throw abortError(signal);
    const queue = this.#waiting.get(name);
    if (queue === undefined) this.#waiting.set(name, []);
    else if (ifAvailable) return undefined;
    else await turn(queue, signal);
    try {
      return await work();
    } finally {
      this.#release(name);
    }
  }

  #release(name: string): void {
    const next = this.#waiting.get(name)?.shift();
    if (next === undefined) this.#waiting.delete(name);
    else next();
  }
}

function turn(queue: (() => void)[], signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const enter = (): void => {
      signal.removeEventListener("abort", leave);
      resolve();
    };
    const leave = (): void => {
      queue.splice(queue.indexOf(enter), 1);
      reject(abortError(signal));
    };
    signal.addEventListener("abort", leave, { once: true });
    queue.push(enter);
  });
}
