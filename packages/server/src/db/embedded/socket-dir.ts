import { chownSync, mkdtempSync, rmdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { errorCode } from "../../error-code.ts";
import { OperatorError } from "../../operator-error.ts";
import { canReach } from "./reachable.ts";
import type { RunAs } from "./run-as.ts";

/** Part of the socket's name; nothing listens on a network port. */
export const socketPort = 5432;

const prefix = "owlivion-sync-";
/** Socket addresses hold 104 (macOS) to 108 (Linux) bytes. */
const maxSocketPathBytes = 100;

export function socketPath(socketDir: string): string {
  return join(socketDir, `.s.PGSQL.${socketPort}`);
}

/**
 * The folder of the socket: the cluster's own, mode 0700 and always private, when the path fits into a socket address, else
 * a fresh private folder below the temporary one. The folder's mode is the access control (see `runInitdb`).
 */
export function makeSocketDir(clusterFolder: string, runAs: RunAs): string {
  if (fits(clusterFolder)) return clusterFolder;
  for (const parent of [tmpdir(), "/tmp"]) {
    if (!fits(join(parent, `${prefix}XXXXXX`)) || !canReach(parent, runAs)) continue;
    const folder = mkdtempSync(join(parent, prefix)); // mode 0700, a name that was not there
    if (runAs !== null) chownSync(folder, runAs.uid, runAs.gid);
    return folder;
  }
  throw new OperatorError(
    `No folder for PostgreSQL's socket: the path of ${clusterFolder} is too long for one, and neither ${tmpdir()} nor /tmp ` +
      "can be used. Choose a shorter OWLIVION_DATA_DIR.",
  );
}

/** Removes a temporary socket folder, this run's or a dead one's; by its known content only, for the path was read from a file. */
export function removeSocketDir(folder: string): void {
  if (!basename(folder).startsWith(prefix)) return;
  try {
    rmSync(socketPath(folder), { force: true });
    rmSync(`${socketPath(folder)}.lock`, { force: true });
    rmdirSync(folder);
  } catch (error) {
    if (errorCode(error) !== "ENOENT" && errorCode(error) !== "ENOTEMPTY") throw error;
  }
}

function fits(folder: string): boolean {
  return Buffer.byteLength(socketPath(folder)) < maxSocketPathBytes;
}
