import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Child } from "./child.ts";
import { freePort } from "./debian.ts";

const root = fileURLToPath(new URL("../../../..", import.meta.url));

export const adminToken = "admin token of the conformance suite";

/** Of every server the suite starts; processes of one database must agree on the secrets. */
const settings = {
  JWT_SECRET: "jwt secret of the conformance suite, long enough",
  SERVER_SECRET: "server secret of the conformance suite, long enough",
  ADMIN_TOKEN: adminToken,
  LOG_LEVEL: "warn",
};

export const wide = { RATE_LIMIT_SCALE: "1000000" };
/** Default limits, a quota that a batch can fill. */
export const tight = { QUOTA_RECORDS: "50", QUOTA_BYTES: String(4 * 1024 * 1024) };
export const closed = { REGISTRATION: "closed" };

export interface RunningServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** `owlivion-sync serve` as an operator starts it: a process of its own, told everything by its environment. */
export async function startServer(environment: Readonly<Record<string, string>>): Promise<RunningServer> {
  const port = await freePort();
  const args = ["--conditions=@owlivion/source", "packages/server/src/cli/main.ts", "serve"];
  const { PATH = "", HOME = "" } = process.env;
  const child = new Child("owlivion-sync serve", process.execPath, args, {
    cwd: root,
    env: { PATH, HOME, ...settings, ...environment, PORT: String(port) },
  });
  const url = `http://127.0.0.1:${port}`;
  await child.ready(async () => (await fetch(`${url}/health/ready`)).status === 200);
  return { url, stop: () => child.stop() };
}

/** A data directory for the embedded PostgreSQL. */
export function makeDataDir(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "owlivion-conformance-data-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
