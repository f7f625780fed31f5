import { randomBytes } from "node:crypto";
import { chmodSync, lchownSync, lstatSync, readdirSync, realpathSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Log } from "../../log.ts";
import { OperatorError } from "../../operator-error.ts";
import { canReach } from "./reachable.ts";
import { chooseRunAs, readPasswd, type RunAs } from "./run-as.ts";

/** Where the cluster is or will be, and who runs it. `link` is set while a symbolic link to it has still to be made. */
export type ClusterPlace = { folder: string; runAs: RunAs; link?: string };

const elsewhere = "/var/lib/owlivion-sync";

/** The cluster is `<data dir>/postgres`, or what that links to. Nothing is created here: a new cluster appears whole. */
export function placeCluster(dataDir: string, log: Log): ClusterPlace {
  const path = join(realpathSync(dataDir), "postgres");
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) return existingPlace(path, log);

  const runAs = chooseRunAs(process.getuid?.(), undefined, readPasswd());
  openDataDir(dirname(path), runAs, log);
  if (canReach(dirname(path), runAs)) return { folder: path, runAs };
  return { folder: join(elsewhere, `cluster-${randomBytes(6).toString("hex")}`), runAs, link: path };
}

function existingPlace(path: string, log: Log): ClusterPlace {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) {
    throw new OperatorError(
      `${path} links to a folder that is not there. Bring that folder back, or remove the link to start with an empty ` +
        "database.",
    );
  }
  if (!found.isDirectory())
    throw new OperatorError(`${path} is not a folder; the embedded PostgreSQL keeps its data there.`);

  const folder = realpathSync(path);
  const ourUid = process.getuid?.();
  if (ourUid !== 0 && found.uid !== ourUid) {
    throw new OperatorError(
      `${folder} belongs to the user with id ${found.uid}, and this is ${ourUid}. ` +
        `Run the server as that user or as root, or give the folder away: chown -R ${ourUid} ${folder}`,
    );
  }
  const runAs = chooseRunAs(ourUid, { uid: found.uid, gid: found.gid }, readPasswd());
  if (folder === path) openDataDir(dirname(path), runAs, log);
  if (!canReach(dirname(folder), runAs)) {
    throw new OperatorError(
      `PostgreSQL runs as the user with id ${runAs?.uid}, who cannot reach ${folder}. ` +
        "Move the data directory, or allow walking through the folders above it (chmod o+x).",
    );
  }
  if (runAs !== null && found.uid === 0) {
    log.warn({ folder, uid: runAs.uid }, "the cluster belonged to root, who may not run PostgreSQL: giving it away");
    giveTo(folder, runAs);
  }
  return { folder, runAs };
}

/**
 * A data directory that alone keeps PostgreSQL's user out (made by hand with mode 0700) is opened for walking through, as
 * `makeDataDir` makes it: the database belongs where the operator put it. Folders above it are left as they are.
 */
function openDataDir(dataDir: string, runAs: RunAs, log: Log): void {
  if (canReach(dataDir, runAs) || !canReach(dirname(dataDir), runAs)) return;
  chmodSync(dataDir, statSync(dataDir).mode | 0o011);
  log.warn({ dataDir }, "opened the data directory for walking through (chmod go+x): PostgreSQL runs as another user");
}

/** Root's copy of a cluster (`cp -r`) has lost its owner, and perhaps the mode that PostgreSQL insists on. */
function giveTo(folder: string, user: { uid: number; gid: number }): void {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    lchownSync(join(entry.parentPath, entry.name), user.uid, user.gid);
  }
  chmodSync(folder, 0o700);
  lchownSync(folder, user.uid, user.gid);
}
