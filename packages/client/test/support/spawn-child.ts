import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface Child {
  /** Everything it has said so far, a line each. */
  readonly lines: readonly string[];
  /** Waits until it has said so many lines. */
  said(lines: number): Promise<void>;
  kill(): Promise<void>;
}

/** Runs a TypeScript file of this folder in a process of its own. */
export function spawnChild(file: string, ...args: readonly string[]): Child {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const node = ["--conditions=@owlivion/source", "--no-warnings", path, ...args];
  const child = spawn(process.execPath, node, { stdio: ["ignore", "pipe", "inherit"] });
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  let wake = (): void => {};
  reader.on("line", (line) => {
    lines.push(line);
    wake();
  });
  child.on("exit", () => wake());
  return {
    lines,
    async said(count) {
      while (lines.length < count) {
        if (child.exitCode !== null) throw new Error(`${file} ended with ${child.exitCode}`);
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
    kill: () => kill(child),
  };
}

async function kill(child: ChildProcess): Promise<void> {
  const closed = once(child, "close");
  child.kill("SIGKILL");
  await closed;
}
