import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startServerProcess } from "../../../../apps/cli/src/demo/server-process.ts";

export const adminToken = "operator token of the tests";

/** The server as an operator starts it: its own process, its own PostgreSQL, the web app built. */
export interface WebServer {
  readonly url: string;
  kill(): Promise<void>;
  /** On the same port and data. */
  restart(): Promise<void>;
  /** On the same port, and it knows nothing of what was. */
  restartEmpty(): Promise<void>;
  stop(): Promise<void>;
}

const forget = (folder: string): Promise<void> =>
  rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });

export async function startWebServer(settings: Readonly<Record<string, string>> = {}): Promise<WebServer> {
  let folder = await mkdtemp(join(tmpdir(), "owlivion-e2e-"));
  const start = (port?: number) =>
    startServerProcess(folder, {
      settings: { LOG_LEVEL: "warn", ADMIN_TOKEN: adminToken, ...settings },
      ...(port === undefined ? {} : { port }),
    });
  let server = await start();
  const { port } = server;
  return {
    url: `http://localhost:${port}`,
    kill: () => server.kill(),
    async restart() {
      await server.kill();
      server = await start(port);
    },
    async restartEmpty() {
      await server.stop();
      await forget(folder);
      folder = await mkdtemp(join(tmpdir(), "owlivion-e2e-"));
      server = await start(port);
    },
    async stop() {
      await server.stop();
      await forget(folder);
    },
  };
}
