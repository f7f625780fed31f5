import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../../../../packages/server/bin/owlivion-sync.js", import.meta.url));
const patienceMs = 120_000;

export const adminToken = "operator token of the tests";

/** The server as an operator starts it: its own process, its own PostgreSQL, the web app built. */
export interface WebServer {
  readonly url: string;
  /** SIGKILL, and its PostgreSQL is left to be taken over by the next start. */
  kill(): Promise<void>;
  /** On the same port and data. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function startWebServer(settings: Readonly<Record<string, string>> = {}): Promise<WebServer> {
  const folder = await mkdtemp(join(tmpdir(), "owlivion-e2e-"));
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const env = {
    PATH: process.env["PATH"] ?? "",
    HOST: "127.0.0.1",
    PORT: String(port),
    OWLIVION_DATA_DIR: join(folder, "data"),
    LOG_LEVEL: "warn",
    ADMIN_TOKEN: adminToken,
    // Tests are hasty as no person is.
    RATE_LIMIT_SCALE: "1000",
    ...settings,
  };
  const start = async (): Promise<ChildProcess> => {
    const child = spawn(process.execPath, [program, "serve"], { env, cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text: Buffer) => (said += text.toString()));
    const deadlineMs = performance.now() + patienceMs;
    while (!(await isReady(url))) {
      if (child.exitCode !== null) throw new Error(`The server ended with ${child.exitCode}.\n${said}`);
      if (performance.now() > deadlineMs) throw new Error(`The server did not get ready in time.\n${said}`);
      await sleep(100);
    }
    return child;
  };
  let child = await start();
  const end = async (signal: "SIGKILL" | "SIGTERM"): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
  };
  return {
    url,
    kill: () => end("SIGKILL"),
    async restart() {
      await end("SIGKILL");
      child = await start();
    },
    async stop() {
      await end("SIGTERM");
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

async function isReady(url: string): Promise<boolean> {
  const reply = await fetch(`${url}/health/ready`).catch(() => null);
  await reply?.body?.cancel();
  return reply?.ok === true;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
