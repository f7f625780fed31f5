import { randomBytes } from "node:crypto";
import { readFileSync, realpathSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { errorCode } from "../../error-code.ts";
import { OperatorError } from "../../operator-error.ts";

/**
 * A cluster outside the data directory is reached by a link, which a copy of the directory has too. So the directory it
 * belongs to is written down beside it, with an id that the directory keeps as well: a copy has another path, a directory
 * that has taken the path has another id.
 */
export type ClusterOwner = { id: string; dataDir: string };

const idName = "postgres.owner";

/** Whose the cluster is; "nobody" when it was linked by hand and never started from here. */
export function judgeOwner(
  recorded: ClusterOwner | null,
  { id, dataDir }: { id: string | null; dataDir: string },
): "this directory" | "another directory" | "nobody" {
  if (recorded === null) return "nobody";
  return recorded.id === id && recorded.dataDir === dataDir ? "this directory" : "another directory";
}

/** Throws when the cluster belongs to another data directory; `dataDir` is its real path. */
export function refuseOthersCluster(clusterFolder: string, dataDir: string): void {
  const recorded = readOwner(clusterFolder);
  if (recorded === null || judgeOwner(recorded, { id: readId(dataDir), dataDir }) !== "another directory") return;
  throw new OperatorError(
    `${join(dataDir, "postgres")} links to ${clusterFolder}, the database of the data directory ${recorded.dataDir}.\n` +
      "If this directory was moved here from there, take the database over: owlivion-sync adopt\n" +
      "If it is a copy, it must not share that database. Remove the link; then the next start makes an empty one, and " +
      "a backup of the other can be restored into it.",
  );
}

/** Writes down that the cluster is this directory's; the caller holds its lock. The directory first: until the second is
 * written the cluster is whose it was. */
export function claimCluster(clusterFolder: string, dataDir: string): void {
  const id = randomBytes(16).toString("hex");
  replaceFile(join(dataDir, idName), `${id}\n`);
  replaceFile(ownerPath(clusterFolder), `${id}\n${dataDir}\n`);
}

export function claimIfNobodys(clusterFolder: string, dataDir: string): void {
  if (readOwner(clusterFolder) === null) claimCluster(clusterFolder, dataDir);
}

/** Throws while the directory that has the cluster is there and leads to it. */
export function refuseWhileOwnerIsThere(clusterFolder: string, dataDir: string): void {
  const recorded = readOwner(clusterFolder);
  if (recorded === null || recorded.dataDir === dataDir) return;
  const link = join(recorded.dataDir, "postgres");
  if (realpathOrNull(link) !== clusterFolder) return;
  throw new OperatorError(
    `The data directory ${recorded.dataDir} is still there and has this database, so this one is a copy of it.\n` +
      `To go on with the copy, remove ${link} first. Nothing was changed.`,
  );
}

function ownerPath(clusterFolder: string): string {
  return `${clusterFolder}.owner`;
}

function readOwner(clusterFolder: string): ClusterOwner | null {
  const text = readIfThere(ownerPath(clusterFolder));
  if (text === null) return null;
  const [id = "", ...path] = text.trimEnd().split("\n");
  return { id, dataDir: path.join("\n") };
}

function readId(dataDir: string): string | null {
  return readIfThere(join(dataDir, idName))?.trimEnd() ?? null;
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw error;
  }
}

function replaceFile(path: string, content: string): void {
  const beside = `${path}.${randomBytes(6).toString("hex")}`;
  writeFileSync(beside, content, { flag: "wx", mode: 0o600, flush: true });
  renameSync(beside, path);
}

function realpathOrNull(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}
