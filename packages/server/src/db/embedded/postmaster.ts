import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, fstatSync, openSync, readFileSync, renameSync, statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "../../log.ts";
import { OperatorError } from "../../operator-error.ts";
import { childProcessOptions } from "./child-process.ts";
import { readPostmasterPid } from "./postmaster-pid.ts";
import type { RunAs } from "./run-as.ts";
import { socketPort } from "./socket-dir.ts";

/** A running PostgreSQL; `exited` settles when it has ended, whatever the reason. */
export type Postmaster = { pid: number; exited: Promise<void>; signal(signal: NodeJS.Signals): void };

export type PostmasterOptions = {
  postgres: string;
  clusterFolder: string;
  socketDir: string;
  logPath: string;
  runAs: RunAs;
  settings: Record<string, string>;
};

const maxLogBytes = 8 * 1024 * 1024;

/**
 * Ours for every cluster. Error reports without statements and details, which name e-mails and record ids. No parallel query:
 * it needs /dev/shm, which containers keep small, and our statements are short.
 */
const fixedSettings: Record<string, string> = {
  listen_addresses: "",
  unix_socket_permissions: "0700",
  timezone: "UTC",
  log_timezone: "UTC",
  cluster_name: "owlivion-sync",
  logging_collector: "off",
  log_min_error_statement: "panic",
  log_error_verbosity: "terse",
  max_parallel_workers_per_gather: "0",
  jit: "off",
};

/** Starts PostgreSQL and waits until it takes connections; after a crash that includes its recovery, however long. */
export async function startPostmaster(options: PostmasterOptions, log: Log): Promise<Postmaster> {
  const { child, exited, readMessages } = launch(options);
  let over = false;
  void exited.then(() => (over = true));
  for (let waitedMs = 0; ; waitedMs += 20) {
    if (over)
      throw new OperatorError(`PostgreSQL ended while starting (${options.logPath}):\n${readMessages().trim()}`);
    const state = readPostmasterPid(options.clusterFolder);
    if (state !== null && state.pid === child.pid && state.status === "ready") {
      return { pid: state.pid, exited, signal: (signal) => child.kill(signal) };
    }
    if (waitedMs > 0 && waitedMs % 10_000 === 0) log.info({ waitedMs }, "PostgreSQL is recovering from a crash");
    await sleep(20);
  }
}

/**
 * Detached and logging to a file: Ctrl-C in a terminal must reach the server alone, which then drains before it stops
 * PostgreSQL, and a `kill -9` of the server must not break the pipe PostgreSQL writes to.
 */
function launch(options: PostmasterOptions): { child: ChildProcess; exited: Promise<void>; readMessages(): string } {
  const { postgres, clusterFolder, socketDir, logPath, runAs } = options;
  const settings = {
    ...fixedSettings,
    ...options.settings,
    unix_socket_directories: socketDir,
    port: String(socketPort),
  };
  const args = [
    "-D",
    clusterFolder,
    ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  ];
  keepLogSmall(logPath);
  const logFile = openSync(logPath, "a", 0o600);
  const start = fstatSync(logFile).size;
  try {
    const stdio: ["ignore", number, number] = ["ignore", logFile, logFile];
    const child = spawn(postgres, args, { ...childProcessOptions(runAs), detached: true, stdio });
    let failure = "";
    const exited = new Promise<void>((resolve) => {
      child
        .once("exit", () => resolve())
        .once("error", (error) => {
          failure = error.message;
          resolve();
        });
    });
    return { child, exited, readMessages: () => failure + readFileSync(logPath).subarray(start).toString() };
  } finally {
    closeSync(logFile);
  }
}

/** One earlier file is kept; PostgreSQL writes little, and only a start can swap the file it has open. */
function keepLogSmall(path: string): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > maxLogBytes) renameSync(path, `${path}.1`);
}
