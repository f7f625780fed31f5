import { type ChildProcessWithoutNullStreams, spawn, type SpawnOptions, type StdioOptions } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

export type CliRun = { exitCode: number | null; stdout: string; stderr: string };

const program = fileURLToPath(new URL("../../bin/owlivion-sync.js", import.meta.url));

/** The command line as an operator runs it, in a process of its own, with these settings and no others: for `spawn`. */
export function cliCommand(
  args: string[],
  settings: Record<string, string>,
  stdio: StdioOptions,
): [string, string[], SpawnOptions] {
  const env = { PATH: process.env["PATH"] ?? "", NO_COLOR: "1", ...settings };
  return [process.execPath, [program, ...args], { env, cwd: fileURLToPath(new URL(".", import.meta.url)), stdio }];
}

export function startCli(args: string[], settings: Record<string, string>): ChildProcessWithoutNullStreams {
  const [command, parts, { env, cwd }] = cliCommand(args, settings, "pipe");
  return spawn(command, parts, { env, cwd });
}

export async function runCli(args: string[], settings: Record<string, string>, input = ""): Promise<CliRun> {
  const child = startCli(args, settings);
  child.stdin.end(input);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { exitCode: child.exitCode, stdout, stderr };
}
