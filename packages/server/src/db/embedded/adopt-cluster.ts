import { existsSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { OperatorError } from "../../operator-error.ts";
import { claimCluster, refuseWhileOwnerIsThere } from "./cluster-owner.ts";
import { lockOrRefuse } from "./data-dir-lock.ts";

/** Gives the cluster that a moved data directory links to, to the directory as it is now; returns its folder. */
export function adoptCluster(givenDataDir: string): string {
  const path = join(givenDataDir, "postgres");
  if (!existsSync(path)) throw new OperatorError(`There is no database at ${path}, so there is nothing to take over.`);
  const dataDir = realpathSync(givenDataDir);
  const folder = realpathSync(path);
  if (folder === join(dataDir, "postgres")) {
    throw new OperatorError(`The database is in ${dataDir} itself and moves with it: there is nothing to take over.`);
  }
  const locks = [lockOrRefuse(join(dataDir, "postgres.lock"), dataDir)];
  try {
    locks.push(lockOrRefuse(`${folder}.lock`, dataDir));
    refuseWhileOwnerIsThere(folder, dataDir);
    claimCluster(folder, dataDir);
    return folder;
  } finally {
    for (const lock of locks) lock.release();
  }
}
