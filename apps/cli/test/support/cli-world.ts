import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startTestServer, type TestServer } from "../../../../packages/server/test/support/server.ts";
import { type CountingProxy, startCountingProxy } from "../../src/demo/counting-proxy.ts";
import { bundleClient } from "./bundle-client.ts";
import { type CliRun, runOwlivion, type RunOptions, startOwlivion } from "../../src/demo/run-owlivion.ts";

/** A source tree starts twice as fast with it. */
export const compiled = fileURLToPath(new URL("../../../../node_modules/.cache/owlivion-cli", import.meta.url));

export const password = "owls fly home every evening";

/** The real server on a port, and a folder for data directories. */
export interface World {
  readonly server: TestServer;
  readonly proxy: CountingProxy;
  readonly folder: string;
  path(name: string): string;
  /** Starts the client in a process, for a test that ends it. */
  start(dir: string, args: readonly string[]): ReturnType<typeof startOwlivion>;
  /** Runs the client in a process; `dir` is a name in the folder. */
  run(dir: string, args: readonly string[], options?: RunOptions): Promise<CliRun>;
  /** What it printed as JSON; fails the test unless it ended well. */
  json<T = never>(dir: string, args: readonly string[], options?: RunOptions): Promise<T>;
  /** An account with these directories signed in to it; answers its address. */
  account(...dirs: readonly string[]): Promise<string>;
  close(): Promise<void>;
}

export async function openWorld(): Promise<World> {
  const server = await startTestServer();
  await server.app.listen({ port: 0, host: "127.0.0.1" });
  const proxy = await startCountingProxy((server.app.server.address() as AddressInfo).port);
  const folder = mkdtempSync(join(tmpdir(), "owlivion-cli-"));
  const path = (name: string): string => join(folder, name);
  const program = await bundleClient(folder);
  const cache = { NODE_COMPILE_CACHE: path("compiled") };
  const start: World["start"] = (dir, args) => startOwlivion([...args, "--dir", path(dir)], { env: cache, program });
  const run: World["run"] = (dir, args, options = {}) =>
    runOwlivion([...args, "--dir", path(dir)], {
      program,
      ...options,
      env: { OWLIVION_PASSWORD: password, ...cache, ...options.env },
    });
  const json: World["json"] = async (dir, args, options) => {
    const { exitCode, stdout, stderr } = await run(dir, [...args, "--json"], options);
    if (exitCode !== 0) throw new Error(`owlivion ${args.join(" ")} ended with ${exitCode}: ${stderr}`);
    return JSON.parse(stdout);
  };
  return {
    server,
    proxy,
    folder,
    path,
    start,
    run,
    json,
    async account(first, ...others) {
      const email = `person-${crypto.randomUUID()}@example.com`;
      const at = ["--url", proxy.url, "--email", email];
      const key = path(`${first}.recovery-key`);
      await json(first!, ["signup", ...at, "--recovery-key-file", key]);
      for (const dir of others) await json(dir, ["login", ...at]);
      return email;
    },
    async close() {
      await proxy.close();
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
