import { exitCodes } from "../exit-codes.ts";

const signals = { SIGINT: exitCodes.interrupted, SIGTERM: exitCodes.terminated, SIGHUP: 129 } as const;

/** Ctrl-C under npm arrives twice: from the terminal, and passed on by npm. */
const sameKeystrokeMs = 500;

/** SIGINT and SIGTERM as a signal that work can listen to. A second one ends the process at once. */
export class Interruption {
  readonly #controller = new AbortController();
  #atMs = 0;
  #exitCode: number | null = null;

  constructor() {
    for (const name of Object.keys(signals) as (keyof typeof signals)[]) process.on(name, this.#onSignal);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Null: nobody has interrupted. */
  get exitCode(): number | null {
    return this.#exitCode;
  }

  end(): void {
    for (const name of Object.keys(signals)) process.off(name, this.#onSignal);
  }

  readonly #onSignal = (name: NodeJS.Signals): void => {
    const now = performance.now();
    if (this.#exitCode !== null) {
      if (now - this.#atMs > sameKeystrokeMs) process.exit(this.#exitCode);
      return;
    }
    this.#atMs = now;
    this.#exitCode = signals[name as keyof typeof signals];
    this.#controller.abort();
  };
}
