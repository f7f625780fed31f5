import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

export interface CliRun {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Another build of the client than the checkout's. */
  readonly program?: string;
}

const checkedOut = fileURLToPath(new URL("../../bin/owlivion.js", import.meta.url));

/** The client as a person starts it: a process of its own, with these variables and no others. */
export function startOwlivion(args: readonly string[], { env = {}, program = checkedOut }: RunOptions = {}) {
  const variables = { PATH: process.env["PATH"] ?? "", NO_COLOR: "1", ...env };
  return spawn(process.execPath, [program, ...args], { env: variables, stdio: "pipe" });
}

export async function runOwlivion(args: readonly string[], options: RunOptions = {}): Promise<CliRun> {
  const startedMs = performance.now();
  const child = startOwlivion(args, options);
  child.stdin.on("error", () => {}); // It may end without reading.
  child.stdin.end(options.input ?? "");
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { exitCode: child.exitCode, stdout, stderr, ms: performance.now() - startedMs };
}

export async function endChild(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, "close");
  child.kill(signal);
  await closed;
}
