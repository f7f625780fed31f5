import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, cpSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { errorCode } from "../../error-code.ts";
import type { Log } from "../../log.ts";
import { OperatorError } from "../../operator-error.ts";
import type { Binaries } from "./binaries.ts";
import { childProcessOptions } from "./child-process.ts";
import { restoreLibraryLinks } from "./library-links.ts";
import type { RunAs } from "./run-as.ts";

/** Binaries that the user PostgreSQL runs as is known to be able to run. */
export type Program = { initdb: string; postgres: string; majorVersion: string };

/**
 * Finds a place from which the user can run PostgreSQL: where npm put it, else a copy. Tried, not reasoned about: a user who
 * cannot read the libraries (a checkout under /root, a umask of 077) gets a misleading error of libssl, not EACCES.
 */
export function placeBinaries(binaries: Binaries, runAs: RunAs, log: Log): Program {
  restoreLibraryLinks(binaries.root);
  const original = tryToRun(binaries.root, runAs);
  if (original.works) return toProgram(binaries.root, original.majorVersion);

  const failures = [`${binaries.root}: ${original.reason}`];
  for (const parent of runAs === null ? [] : ["/var/lib/owlivion-sync", tmpdir(), "/tmp"]) {
    try {
      const copy = copyBinaries(binaries, parent);
      const attempt = tryToRun(copy, runAs);
      if (attempt.works) {
        log.info({ from: binaries.root, to: copy }, "PostgreSQL runs from a copy that its user can reach");
        return toProgram(copy, attempt.majorVersion);
      }
      failures.push(`${copy}: ${attempt.reason}`);
    } catch (error) {
      failures.push(`${parent}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const user = runAs === null ? "this user" : `the user with id ${runAs.uid}`;
  throw new OperatorError(
    `The embedded PostgreSQL cannot be run by ${user}:\n  ${failures.join("\n  ")}\n` +
      "Install the server where that user can read it, or set DATABASE_URL to a PostgreSQL of your own.",
  );
}

function toProgram(root: string, majorVersion: string): Program {
  return { initdb: join(root, "bin/initdb"), postgres: join(root, "bin/postgres"), majorVersion };
}

function tryToRun(
  root: string,
  runAs: RunAs,
): { works: true; majorVersion: string } | { works: false; reason: string } {
  let majorVersion = "";
  for (const name of ["initdb", "postgres"]) {
    const run = spawnSync(join(root, "bin", name), ["--version"], { ...childProcessOptions(runAs), encoding: "utf8" });
    const version = /\(PostgreSQL\) (\d+)/.exec(run.stdout ?? "")?.[1];
    if (version === undefined) return { works: false, reason: run.error?.message ?? `${name}: ${run.stderr.trim()}` };
    majorVersion = version;
  }
  return { works: true, majorVersion };
}

/** Copies under a temporary name and renames, so that a copy that can be seen is whole; of two copiers one wins. */
function copyBinaries(binaries: Binaries, parent: string): string {
  makeSharedFolder(parent);
  const target = join(parent, `owlivion-sync-postgres-${binaries.packageVersion}`);
  if (isTrusted(target)) return target;
  const unfinished = `${target}.${randomBytes(6).toString("hex")}`;
  mkdirSync(unfinished, { mode: 0o700 });
  try {
    cpSync(binaries.root, unfinished, { recursive: true, verbatimSymlinks: true });
    openToEveryone(unfinished);
    renameSync(unfinished, target);
    return target;
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (["EEXIST", "ENOTEMPTY"].includes(errorCode(error) ?? "") && isTrusted(target)) return target;
    throw error;
  }
}

/** Only /var/lib/owlivion-sync can be missing. Explicit modes, because the umask may be 077. */
export function makeSharedFolder(folder: string): void {
  if (mkdirSync(folder, { recursive: true }) !== undefined) chmodSync(folder, 0o755);
}

/** A folder of that name in /tmp may be anybody's: only one that nobody but us can have written is run. */
function isTrusted(folder: string): boolean {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  if (found === undefined) return false;
  if (found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0) return true;
  throw new Error(`${basename(folder)} exists there and is not ours`);
}

function openToEveryone(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) chmodSync(path, 0o755);
    else if (entry.isFile()) chmodSync(path, (lstatSync(path).mode & 0o100) === 0 ? 0o644 : 0o755);
  }
}
