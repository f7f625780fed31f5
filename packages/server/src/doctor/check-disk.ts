import { accessSync, constants, existsSync, lstatSync, realpathSync, statfsSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Finding, fail, ok, warn } from "./finding.ts";

const gibibyte = 2 ** 30;

/** Room where the data directory is, and where its cluster is when that stands elsewhere. */
export function checkDisk(dataDir: string): Finding[] {
  if (!existsSync(dataDir))
    return [warn("disk", `${dataDir} is not there yet: the first start of the server makes it`)];
  if (!statSync(dataDir).isDirectory()) return [fail("disk", `${dataDir} is no folder: look at OWLIVION_DATA_DIR`)];
  const cluster = join(dataDir, "postgres");
  const places = new Set([realpathSync(dataDir), ...(existsSync(cluster) ? [realpathSync(cluster)] : [])]);
  return [checkWritable(dataDir), ...checkPlace(dataDir, cluster), ...[...places].map(checkRoom)];
}

function checkPlace(dataDir: string, cluster: string): Finding[] {
  const isLink = lstatSync(cluster, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  if (!isLink) return [];
  if (!existsSync(cluster)) return [fail("cluster", `${cluster} links to a folder that is not there`)];
  return [warn("cluster", `the database stands in ${realpathSync(cluster)}: a copy of ${dataDir} does not have it`)];
}

function checkWritable(folder: string): Finding {
  try {
    accessSync(folder, constants.W_OK);
    return ok("disk", `${folder} can be written`);
  } catch {
    return fail("disk", `${folder} cannot be written by this user`);
  }
}

function checkRoom(folder: string): Finding {
  const { bavail, bsize } = statfsSync(folder);
  const freeGib = (bavail * bsize) / gibibyte;
  const message = `${freeGib.toFixed(1)} GiB free at ${folder}`;
  if (freeGib < 0.1) return fail("disk", message);
  return freeGib < 1 ? warn("disk", message) : ok("disk", message);
}
