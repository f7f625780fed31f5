import { type ChildProcess, spawn, type SpawnOptions } from "node:child_process";

/** A process of ours: its output is kept for the case that it fails, and it ends with us. */
export class Child {
  readonly #process: ChildProcess;
  readonly #name: string;
  #output = "";
  #exit: Promise<number | null>;

  constructor(name: string, command: string, args: readonly string[], options: SpawnOptions = {}) {
    this.#name = name;
    this.#process = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
    const keep = (chunk: Buffer) => (this.#output = (this.#output + chunk.toString()).slice(-20_000));
    this.#process.stdout?.on("data", keep);
    this.#process.stderr?.on("data", keep);
    this.#exit = new Promise((resolve) => {
      this.#process.on("error", (error) => {
        this.#output += error.message;
        resolve(null);
      });
      this.#process.on("exit", resolve);
    });
  }

  /** Settles when `isReady` answers true; throws with what the process said when it ends before, or is late. */
  async ready(isReady: () => Promise<boolean>, patienceMs = 90_000): Promise<void> {
    let hasEnded = false;
    void this.#exit.then(() => (hasEnded = true));
    for (const until = Date.now() + patienceMs; ;) {
      if (await isReady().catch(() => false)) return;
      if (hasEnded || Date.now() > until) throw new Error(`${this.#name} is not ready:\n${this.#output}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    this.#process.kill(signal);
    await this.#exit;
  }

  /** For a command that ends by itself. */
  async succeeded(): Promise<void> {
    const code = await this.#exit;
    if (code !== 0) throw new Error(`${this.#name} ended with ${code}:\n${this.#output}`);
  }
}
