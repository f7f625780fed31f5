import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Log } from "../log.ts";

const published = fileURLToPath(new URL("../web-app", import.meta.url));
const builder = fileURLToPath(new URL("../../../../apps/web/build/build-if-stale.ts", import.meta.url));
const noticeAfterMs = 1_000;

/**
 * Where the built web app lies. In the published package: beside this file. In a checkout it is built when it is missing or
 * older than its sources, into the checkout, or where that cannot be written into the data directory. Null, and a line in the
 * log, when it cannot be built: the API does not depend on it.
 */
export async function findWebApp(dataDir: string, log: Log): Promise<string | null> {
  if (existsSync(published)) return published;
  if (!existsSync(builder)) return null;
  const notice = setTimeout(() => log.info("building the web app: this takes some seconds, once"), noticeAfterMs);
  try {
    const args = ["--conditions=@owlivion/source", builder, resolve(dataDir, "web-app")];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    return stdout.trim();
  } catch (error) {
    const reason = (error as { stderr?: unknown }).stderr ?? error;
    log.error({ reason: String(reason).trim() }, "the web app cannot be built; the server goes on without it");
    return null;
  } finally {
    clearTimeout(notice);
  }
}
