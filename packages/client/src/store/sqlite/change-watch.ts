/** How soon a commit of another process is noticed. Asking costs some microseconds. */
const intervalMs = 250;

/** Notices commits of other connections by asking for the data version. It keeps no process alive. */
export class ChangeWatch {
  readonly #dataVersion: () => number | null;
  readonly #onChange: () => void;
  #known: number | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(dataVersion: () => number | null, onChange: () => void) {
    this.#dataVersion = dataVersion;
    this.#onChange = onChange;
  }

  start(): void {
    if (this.#timer !== null) return;
    this.#known = this.#ask();
    this.#timer = setInterval(() => this.#look(), intervalMs).unref();
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  #look(): void {
    const now = this.#ask();
    if (now === null || now === this.#known) return;
    this.#known = now;
    this.#onChange();
  }

  /** Null also where it cannot be read: the next transaction will say why. */
  #ask(): number | null {
    try {
      return this.#dataVersion();
    } catch {
      return null;
    }
  }
}
