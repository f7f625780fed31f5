/** One run of a program on a device. When it is over nothing of it runs any more: no timer, no answer, no `finally`. */
export class ProcessLife {
  readonly over: Promise<void>;
  readonly #end: () => void;
  readonly #onEnd: (reason: string) => void;
  #isOver = false;

  constructor(onEnd: (reason: string) => void) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.over = promise;
    this.#end = resolve;
    this.#onEnd = onEnd;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  end(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#end();
    this.#onEnd(reason);
  }

  assertGoesOn(): void {
    if (this.#isOver) throw new ProcessEnded();
  }
}

export class ProcessEnded extends Error {
  constructor() {
    super("the process is gone");
    this.name = "ProcessEnded";
  }
}

/** What somebody who is gone waits for. */
export const never = <T>(): Promise<T> => new Promise<T>(() => {});
