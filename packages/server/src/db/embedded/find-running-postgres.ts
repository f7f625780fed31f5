import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { OperatorError } from "../../operator-error.ts";
import { databaseUser } from "./create-cluster.ts";
import { databaseName } from "./ensure-database.ts";
import { readPostmasterPid } from "./postmaster-pid.ts";
import type { EmbeddedConnection } from "./start-embedded-postgres.ts";

const patienceMs = 10_000;

/** The embedded PostgreSQL of the server that has this data directory; for a command run beside it. */
export async function findRunningPostgres(dataDir: string): Promise<EmbeddedConnection> {
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += 100) {
    const state = readPostmasterPid(join(dataDir, "postgres"));
    if (state?.status === "ready" && state.socketDir !== undefined && state.port !== undefined) {
      return { host: state.socketDir, port: state.port, user: databaseUser, database: databaseName };
    }
    await sleep(100); // Its server is still starting it, or starting it again.
  }
  throw new OperatorError(`A server uses ${dataDir}, but its PostgreSQL does not get ready: look at its log.`);
}
