import { lstatSync, readdirSync, realpathSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { makeDataDir } from "../../data-dir.ts";
import { explainFileError } from "../../explain-file-error.ts";
import type { Log } from "../../log.ts";
import { OperatorError } from "../../operator-error.ts";
import { locateBinaries } from "./binaries.ts";
import { databaseUser, ensureCluster } from "./create-cluster.ts";
import { claimIfNobodys, refuseOthersCluster } from "./cluster-owner.ts";
import { lockOrRefuse } from "./data-dir-lock.ts";
import { databaseName, ensureDatabase } from "./ensure-database.ts";
import { placeBinaries } from "./place-binaries.ts";
import { placeCluster } from "./place-cluster.ts";
import { type Postmaster, startPostmaster } from "./postmaster.ts";
import { settlePrevious } from "./settle-previous.ts";
import { makeSocketDir, removeSocketDir, socketPort } from "./socket-dir.ts";
import { supervise } from "./supervise.ts";

/** How to reach the embedded PostgreSQL: by socket, see `runInitdb` for who may. */
export type EmbeddedConnection = { host: string; port: number; user: string; database: string };

export type EmbeddedPostgres = { connection: EmbeddedConnection; stop(): Promise<void> };

export type EmbeddedOptions = {
  dataDir: string;
  log: Log;
  /** Refuse where no cluster is, instead of making one: a mistyped directory is no empty database. */
  mustExist?: boolean;
  /** Further PostgreSQL settings; tests switch fsync off. */
  settings?: Record<string, string>;
};

/**
 * Runs PostgreSQL in `<data dir>/postgres` until `stop()`. Throws an OperatorError for what the operator must settle: a second
 * server on the directory, another major version, a place or a user that cannot work.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const { dataDir } = options;
  if (options.mustExist === true) refuseMissing(dataDir);
  makeDataDir(dataDir);
  const locks = [lockOrRefuse(join(dataDir, "postgres.lock"), dataDir)];
  const releaseLocks = () => locks.forEach((lock) => lock.release());
  try {
    const running = await startLocked(options, (path) => locks.push(lockOrRefuse(path, dataDir)));
    return {
      connection: running.connection,
      async stop() {
        await running.stop();
        releaseLocks();
      },
    };
  } catch (error) {
    releaseLocks();
    throw error;
  }
}

function refuseMissing(dataDir: string): void {
  try {
    if (!isMissingOrEmpty(join(dataDir, "postgres"))) return;
  } catch (error) {
    throw explainFileError(error, `The data directory ${dataDir} (OWLIVION_DATA_DIR) cannot be used`);
  }
  throw new OperatorError(
    `There is no database in ${resolve(dataDir)} (OWLIVION_DATA_DIR). ` +
      "The server makes one at its first start; so do the commands migrate and restore.",
  );
}

/** A link that leads nowhere is neither: it is told of as such. */
function isMissingOrEmpty(folder: string): boolean {
  if (lstatSync(folder, { throwIfNoEntry: false }) === undefined) return true;
  const isFolder = statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
  return isFolder && readdirSync(folder).length === 0;
}

async function startLocked(
  { dataDir, log, settings = {} }: EmbeddedOptions,
  lockToo: (path: string) => void,
): Promise<EmbeddedPostgres> {
  const place = placeCluster(dataDir, log);
  const realDataDir = realpathSync(dataDir);
  const isElsewhere = place.folder !== join(realDataDir, "postgres");
  if (isElsewhere) refuseOthersCluster(place.folder, realDataDir);
  const program = placeBinaries(locateBinaries(), place.runAs, log);
  await ensureCluster(place, program, settings["fsync"] !== "off", log);
  // Two directories may link to the same cluster, which therefore has a lock of its own.
  if (isElsewhere) {
    lockToo(`${place.folder}.lock`);
    claimIfNobodys(place.folder, realDataDir);
  }

  const socketDir = makeSocketDir(place.folder, place.runAs);
  const start = async (): Promise<Postmaster> => {
    await settlePrevious(place.folder, socketDir, log);
    const { folder: clusterFolder, runAs } = place;
    const logPath = join(dataDir, "postgres.log");
    return await startPostmaster(
      { postgres: program.postgres, clusterFolder, socketDir, logPath, runAs, settings },
      log,
    );
  };

  let stop = async (): Promise<void> => {};
  try {
    const supervisor = supervise(await startFirst(start, log), start, log);
    stop = supervisor.stop;
    const connection = { host: socketDir, port: socketPort, user: databaseUser, database: databaseName };
    await ensureDatabase(connection);
    return {
      connection,
      async stop() {
        await supervisor.stop();
        removeSocketDir(socketDir);
      },
    };
  } catch (error) {
    await stop();
    removeSocketDir(socketDir);
    throw error;
  }
}

/**
 * After a `kill -9` of PostgreSQL its backends live on for a moment, and it does not start beside them; nor while the killed
 * process still has an entry in the process table. Any other failure is told at once.
 */
async function startFirst(start: () => Promise<Postmaster>, log: Log): Promise<Postmaster> {
  for (let triesLeft = 20; ; triesLeft--) {
    try {
      return await start();
    } catch (error) {
      const isStillEnding =
        error instanceof Error &&
        (error.message.includes("shared memory block") || error.message.includes('"postmaster.pid" already exists'));
      if (!isStillEnding || triesLeft === 0) throw error;
      log.warn("processes of a PostgreSQL that was killed are still ending");
      await sleep(500);
    }
  }
}
