import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chownSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { errorCode } from "../../error-code.ts";
import type { Log } from "../../log.ts";
import { OperatorError } from "../../operator-error.ts";
import { childProcessOptions } from "./child-process.ts";
import { claimCluster } from "./cluster-owner.ts";
import { makeSharedFolder, type Program } from "./place-binaries.ts";
import type { ClusterPlace } from "./place-cluster.ts";
import type { RunAs } from "./run-as.ts";

export const databaseUser = "owlivion";

/** Makes the cluster unless it is there; refuses what another major version, or no PostgreSQL, has left. */
export async function ensureCluster(
  place: ClusterPlace,
  program: Program,
  isDurable: boolean,
  log: Log,
): Promise<void> {
  const found = readMajorVersion(place.folder);
  if (found === undefined) return await createCluster(place, program, isDurable, log);
  if (found !== program.majorVersion) throw otherMajorVersion(place.folder, found, program.majorVersion);
}

function readMajorVersion(folder: string): string | undefined {
  try {
    return readFileSync(join(folder, "PG_VERSION"), "utf8").trim();
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
  }
  if (!isEmptyOrMissing(folder)) {
    throw new OperatorError(
      `${folder} holds files, but no PostgreSQL cluster (there is no PG_VERSION). Move it away to start with an empty ` +
        "database, or put the right data directory in its place.",
    );
  }
  return undefined;
}

function otherMajorVersion(folder: string, found: string, ours: string): OperatorError {
  return new OperatorError(
    `${folder} was written by PostgreSQL ${found}; this server brings PostgreSQL ${ours}, which cannot read it.\n` +
      "Nothing was changed. To move the data:\n" +
      `  1. with the release of Owlivion Sync that brought PostgreSQL ${found}: owlivion-sync backup owlivion.backup\n` +
      `  2. move ${folder} away\n` +
      "  3. with this release: owlivion-sync restore owlivion.backup",
  );
}

/**
 * In a folder of another name, renamed when it is complete and synced (initdb does that): a crash leaves a folder to sweep
 * up, never half a cluster.
 */
async function createCluster(place: ClusterPlace, program: Program, isDurable: boolean, log: Log): Promise<void> {
  const { folder, runAs, link } = place;
  const parent = dirname(folder);
  if (link !== undefined) makeSharedFolder(parent);
  sweepUnfinished(folder);
  const unfinished = `${folder}.init-${randomBytes(6).toString("hex")}`;
  mkdirSync(unfinished, { mode: 0o700 });
  try {
    if (runAs !== null) chownSync(unfinished, runAs.uid, runAs.gid);
    await runInitdb(program.initdb, unfinished, runAs, isDurable ? [] : ["--no-sync"]);
    renameSync(unfinished, folder);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (errorCode(error) === "EBUSY") {
      throw new OperatorError(`${folder} is a mount point. Mount the volume at its parent, the data directory.`);
    }
    throw error;
  }
  if (link === undefined) {
    log.info({ folder }, "made a new database cluster");
  } else {
    claimCluster(folder, dirname(link));
    symlinkSync(folder, link);
    log.warn(
      { folder, link },
      "made a new database cluster elsewhere: PostgreSQL's user cannot reach the data directory",
    );
  }
}

/**
 * `trust` because the socket stands in a folder of mode 0700: whoever can connect to it is root or the very user who owns the
 * data files, so a password would protect nothing. The C locale orders by code point, the same on every system.
 */
async function runInitdb(initdb: string, folder: string, runAs: RunAs, options: string[]): Promise<void> {
  const locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"];
  const args = ["-D", folder, "-U", databaseUser, "--auth-local=trust", "--auth-host=reject", ...locale, ...options];
  const child = spawn(initdb, args, { ...childProcessOptions(runAs), stdio: ["ignore", "ignore", "pipe"] });
  let messages = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (messages += text));
  const code = await new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
  if (code !== 0) throw new OperatorError(`The database cluster could not be made in ${folder}:\n${messages.trim()}`);
}

/** Only the holder of the lock gets here, so an unfinished folder has nobody working on it. */
function sweepUnfinished(folder: string): void {
  for (const name of readdirSync(dirname(folder))) {
    if (name.startsWith(`${basename(folder)}.init-`))
      rmSync(join(dirname(folder), name), { recursive: true, force: true });
  }
}

function isEmptyOrMissing(folder: string): boolean {
  try {
    return readdirSync(folder).length === 0;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return true;
    throw error;
  }
}
