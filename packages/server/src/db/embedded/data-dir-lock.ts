import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { DatabaseSync } from "node:sqlite";
import { errorCode } from "../../error-code.ts";
import { OperatorError } from "../../operator-error.ts";

/**
 * One process at a time supervises a cluster. Held as a kernel lock on a file, so it ends with its holder however that dies
 * and cannot be mistaken by a reused process id or by another container's numbering. Node offers such locks (fcntl) only
 * through SQLite: an exclusive transaction that is never committed. Nothing is stored in the file; nobody else may open it,
 * because closing any descriptor of it in this process would give the lock up.
 */
export type Lock = { release(): void };

/** Another process, a server or a command, supervises this cluster. */
export class DataDirInUseError extends OperatorError {}

export function lockOrRefuse(path: string, dataDir: string): Lock {
  const lock = tryLock(path);
  if (lock !== null) return lock;
  throw new DataDirInUseError(
    `The data directory ${dataDir} is in use by ${describeHolder(path)}.\n` +
      "Stop that one first, or give this one a directory of its own: OWLIVION_DATA_DIR.",
  );
}

/** The lock, or `null` when another process has it. */
export function tryLock(path: string): Lock | null {
  let database: DatabaseSync;
  try {
    createPrivately(path);
    database = new DatabaseSync(path, { timeout: 0 });
  } catch (cause) {
    throw new OperatorError(`Cannot open the lock file ${path}: may this user write there?`, { cause });
  }
  try {
    database.exec("begin exclusive");
  } catch (error) {
    database.close();
    if (isBusy(error)) return null;
    throw new OperatorError(`Cannot lock ${path}: is the file system without locks, or full?`, { cause: error });
  }
  const holderPath = `${path}-holder`;
  writeFileSync(holderPath, `process ${process.pid} on ${hostname()}`, { mode: 0o600 });
  return {
    release() {
      if (!database.isOpen) return;
      rmSync(holderPath, { force: true });
      database.close();
    },
  };
}

/** SQLite would make it readable for all, and a reader can lock too. One that is there is not opened: see above. */
function createPrivately(path: string): void {
  try {
    closeSync(openSync(path, "wx", 0o600));
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error;
  }
}

/** Who has the lock, for a message only: the lock is the truth. */
function describeHolder(path: string): string {
  try {
    return readFileSync(`${path}-holder`, "utf8");
  } catch {
    return "another process";
  }
}

const SQLITE_BUSY = 5;

function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && error.errcode === SQLITE_BUSY;
}
