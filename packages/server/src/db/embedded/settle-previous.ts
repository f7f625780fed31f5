import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync, readlinkSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { errorCode } from "../../error-code.ts";
import type { Log } from "../../log.ts";
import { OperatorError } from "../../operator-error.ts";
import { readPostmasterPid } from "./postmaster-pid.ts";
import { removeSocketDir, socketPath } from "./socket-dir.ts";

const fastShutdownMs = 30_000;
const immediateShutdownMs = 10_000;

/**
 * Deals with what an earlier run left in the cluster; the caller holds the lock, so no server is using it.
 *
 * A PostgreSQL that outlived its server (`kill -9` of Node) is stopped and started anew rather than adopted: it costs a
 * fraction of a second, ends the dead server's transactions with their locks, and leaves one way to supervise: our child, of
 * this release's version and settings.
 */
export async function settlePrevious(clusterFolder: string, nextSocketDir: string, log: Log): Promise<void> {
  const previous = readPostmasterPid(clusterFolder);
  if (previous === null) return;
  if (isPostmasterOf(previous.pid, clusterFolder)) {
    log.warn({ pid: previous.pid }, "PostgreSQL outlived its server: stopping it to start anew");
    await stopOrphan(previous.pid, clusterFolder);
  } else {
    const socketDir = previous.socketDir ?? clusterFolder;
    if (await answers(socketPath(socketDir))) throw elsewhere(clusterFolder);
    forgetSocket(socketDir);
    if (isAlive(previous.pid)) disarmReusedPid(clusterFolder);
  }
  if (previous.socketDir !== undefined && previous.socketDir !== nextSocketDir) removeSocketDir(previous.socketDir);
}

function elsewhere(clusterFolder: string): OperatorError {
  return new OperatorError(
    `A PostgreSQL that this system's process list does not show is using ${clusterFolder}, probably in another container. ` +
      "Stop it first: two on one directory destroy the data.",
  );
}

async function stopOrphan(pid: number, clusterFolder: string): Promise<void> {
  for (const [signal, patienceMs] of [
    ["SIGINT", fastShutdownMs], // "fast": ends the sessions, writes a checkpoint
    ["SIGQUIT", immediateShutdownMs], // "immediate": the next start recovers from the log
  ] as const) {
    signalIfAlive(pid, signal);
    for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += 50) {
      if (!isPostmasterOf(pid, clusterFolder)) return;
      await sleep(50);
    }
  }
  throw new OperatorError(
    `The PostgreSQL process ${pid} of an earlier run does not end. Look at it, then start again.`,
  );
}

/** PostgreSQL works in its data directory, which tells it from whoever has got its number since. A zombie has none. */
function isPostmasterOf(pid: number, clusterFolder: string): boolean {
  try {
    if (process.platform === "linux") return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(clusterFolder);
    const command = execFileSync("/bin/ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" });
    return command.includes(`-D ${clusterFolder}`);
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === "EPERM"; // Somebody else's, but there.
  }
}

function signalIfAlive(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (errorCode(error) !== "ESRCH") throw error;
  }
}

async function answers(path: string): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = createConnection(path, () => resolve(true)).on("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

/** The socket's own lock file names the dead process too, and would stop a start once that number is in use again. */
function forgetSocket(socketDir: string): void {
  rmSync(socketPath(socketDir), { force: true });
  rmSync(`${socketPath(socketDir)}.lock`, { force: true });
}

/**
 * PostgreSQL does not start while the process named in its pid file lives, even a stranger who got the number (usual in
 * containers). Removing the file would also remove the check that no orphaned backend still has the shared memory. So it is
 * made to name us: PostgreSQL knows that its own parent is not its predecessor, and goes on to check the memory. Written
 * beside and renamed: the folder belongs to another user, whose links root must not follow.
 */
function disarmReusedPid(clusterFolder: string): void {
  const path = join(clusterFolder, "postmaster.pid");
  const rest = readFileSync(path, "utf8").split("\n").slice(1);
  const beside = `${path}.${randomBytes(6).toString("hex")}`;
  writeFileSync(beside, [process.pid, ...rest].join("\n"), { flag: "wx", mode: 0o644 });
  renameSync(beside, path);
}
