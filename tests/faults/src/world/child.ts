import { type ChildProcess, spawn, type SpawnOptions } from "node:child_process";
import { readFileSync } from "node:fs";

export interface ChildOptions extends Pick<SpawnOptions, "cwd" | "env" | "uid" | "gid"> {
  readonly stdio?: SpawnOptions["stdio"];
}

/** A process in a group of its own, so that it and what it started can be ended together. */
export class Child {
  readonly process: ChildProcess;
  readonly exited: Promise<number | null>;
  /** The end of what it said on both streams. */
  output = "";

  constructor(command: string, args: readonly string[], options: ChildOptions) {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], ...options, detached: true });
    this.process = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => (this.output = (this.output + text).slice(-20_000)));
    }
    running.add(this);
    this.exited = new Promise((resolve) => {
      child.once("error", (error) => {
        this.output += error.message;
        resolve(null);
      });
      child.once("exit", (code) => resolve(code));
    });
    void this.exited.then(() => running.delete(this));
  }

  get pid(): number {
    const { pid } = this.process;
    if (pid === undefined) throw new Error(`the process did not start: ${this.output}`);
    return pid;
  }

  get isRunning(): boolean {
    return running.has(this);
  }

  signal(signal: NodeJS.Signals): void {
    if (this.isRunning) this.process.kill(signal);
  }

  /** SIGKILL to the process and everything below it; resolves when it is gone. */
  async kill(): Promise<void> {
    this.killNow();
    await this.exited;
  }

  killNow(): void {
    if (!this.isRunning || this.process.pid === undefined) return;
    const { pid } = this.process;
    for (const descendant of descendantsOf(pid)) killQuietly(descendant);
    killQuietly(-pid);
    killQuietly(pid);
  }
}

const running = new Set<Child>();

export function killAllNow(): void {
  for (const child of running) child.killNow();
}

/** Children, grandchildren and so on: PostgreSQL's backends leave their postmaster's group. */
export function descendantsOf(pid: number): number[] {
  let children: number[];
  try {
    children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);
  } catch {
    return [];
  }
  return children.flatMap((child) => [child, ...descendantsOf(child)]);
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It was faster.
  }
}

/** Runs a program to its end and answers what it said; a failure is thrown with it. */
export async function run(command: string, args: readonly string[], options: ChildOptions = {}): Promise<string> {
  const child = new Child(command, args, options);
  const code = await child.exited;
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${code}:\n${child.output}`);
  return child.output;
}
