import { performance } from "node:perf_hooks";
import { CliError } from "../cli-error.ts";
import type { CountingProxy } from "./counting-proxy.ts";
import type { DemoStep } from "./demo-table.ts";
import { endChild, runOwlivion, type RunOptions, startOwlivion } from "./run-owlivion.ts";

/** A directory and the real client on it: every call is a process of its own. */
export class DemoDevice {
  readonly directory: string;
  readonly #proxy: CountingProxy;
  readonly #password: string;

  constructor(directory: string, proxy: CountingProxy, password: string) {
    this.directory = directory;
    this.#proxy = proxy;
    this.#password = password;
  }

  /** What it printed as JSON. Throws when it did not end well. */
  async run<T>(args: readonly string[], input?: string): Promise<T> {
    const { exitCode, stdout, stderr } = await runOwlivion(this.#args(args), this.#options(input));
    if (exitCode !== 0) throw new CliError(`owlivion ${args.join(" ")} ended with ${exitCode}: ${stderr}`);
    return JSON.parse(stdout) as T;
  }

  /** A step of the story, with its time and what passed the wire. */
  async step(step: string, args: readonly string[], everythingBytes: number | null = null): Promise<DemoStep> {
    this.#proxy.take();
    const startedMs = performance.now();
    const result = await this.run<{ pushed?: number; pulled?: number; conflicts?: number }>(args);
    const wire = this.#proxy.take();
    return {
      step,
      ms: performance.now() - startedMs,
      wire: wire.sentBytes + wire.receivedBytes === 0 ? null : wire,
      pushed: result.pushed ?? null,
      pulled: result.pulled ?? null,
      conflicts: result.conflicts ?? null,
      everythingBytes,
    };
  }

  /** Killed, as by a power cut, when so much of its download has arrived. */
  async killAfter(step: string, receivedBytes: number, args: readonly string[]): Promise<DemoStep> {
    this.#proxy.take();
    const startedMs = performance.now();
    const held = this.#proxy.holdAfter(receivedBytes);
    const child = startOwlivion(this.#args(args), this.#options());
    const ended = new Promise<"ended">((resolve) => child.once("close", () => resolve("ended")));
    if ((await Promise.race([held, ended])) === "ended")
      throw new CliError("The client ended before it could be killed.");
    await endChild(child, "SIGKILL");
    this.#proxy.release();
    const wire = this.#proxy.take();
    return {
      step,
      ms: performance.now() - startedMs,
      wire,
      pushed: null,
      pulled: null,
      conflicts: null,
      everythingBytes: null,
    };
  }

  #args(args: readonly string[]): string[] {
    return [...args, "--dir", this.directory, "--json"];
  }

  #options(input?: string): RunOptions {
    // A source tree starts twice as fast with it, and goes with the folder.
    const env = { OWLIVION_PASSWORD: this.#password, NODE_COMPILE_CACHE: `${this.directory}.compiled` };
    return { env, ...(input === undefined ? {} : { input }) };
  }
}
