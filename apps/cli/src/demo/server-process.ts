import { type ChildProcess, spawn } from "node:child_process";
import { createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { endChild } from "./run-owlivion.ts";

export interface ServerProcess {
  readonly port: number;
  /** Not to return before it has ended. */
  stop(): Promise<void>;
  /** SIGKILL: its PostgreSQL is left to be taken over by the next start. */
  kill(): Promise<void>;
}

export interface ServerProcessOptions {
  /** Where an earlier one was; a free one otherwise. */
  readonly port?: number;
  readonly settings?: Readonly<Record<string, string>>;
}

/** The demo runs from a checkout, where the server stands beside the client. */
const program = fileURLToPath(new URL("../../../../packages/server/bin/owlivion-sync.js", import.meta.url));
/** The first start of a checkout builds the web app. */
const patienceMs = 120_000;

/** The real server with a PostgreSQL of its own below `folder`, as an operator starts it. */
export async function startServerProcess(folder: string, options: ServerProcessOptions = {}): Promise<ServerProcess> {
  const port = options.port ?? (await freePort());
  const env = {
    PATH: process.env["PATH"] ?? "",
    OWLIVION_DATA_DIR: join(folder, "server"),
    HOST: "127.0.0.1",
    PORT: String(port),
    LOG_LEVEL: "error",
    // One person with two devices here is hasty as no person is.
    RATE_LIMIT_SCALE: "1000",
    ...options.settings,
  };
  const child = spawn(process.execPath, [program, "serve"], { env, cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text: Buffer) => (said += text.toString()));
  try {
    await ready(port, child, () => said);
  } catch (error) {
    await endChild(child, "SIGTERM");
    throw error;
  }
  return {
    port,
    stop: () => endChild(child, "SIGTERM"),
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, "exit"); // what it leaves behind holds its output open
      child.kill("SIGKILL");
      await exited;
    },
  };
}

async function ready(port: number, child: ChildProcess, said: () => string): Promise<void> {
  const deadlineMs = performance.now() + patienceMs;
  while (performance.now() < deadlineMs) {
    if (child.exitCode !== null) throw new Error(`The server ended with ${child.exitCode}.\n${said()}`);
    const reply = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => null);
    await reply?.body?.cancel();
    if (reply?.ok === true) return;
    await sleep(50);
  }
  throw new Error(`The server did not get ready in time.\n${said()}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
