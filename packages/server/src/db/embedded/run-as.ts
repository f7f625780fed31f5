import { readFileSync } from "node:fs";

/** The unprivileged user PostgreSQL runs as; `null` when that is the user we are already. */
export type RunAs = { uid: number; gid: number } | null;

const nobody = { uid: 65_534, gid: 65_534 };

/**
 * PostgreSQL refuses to run as root, so root hands it to somebody else: the owner of a cluster that is already there, else
 * the system's `postgres`, else `nobody`. A cluster that root owns (copied with `cp -r`) is given to the latter two.
 */
export function chooseRunAs(
  ourUid: number | undefined,
  clusterOwner: { uid: number; gid: number } | undefined,
  passwd: string,
): RunAs {
  if (ourUid !== 0) return null;
  if (clusterOwner !== undefined && clusterOwner.uid !== 0) return clusterOwner;
  return findUser(passwd, "postgres") ?? findUser(passwd, "nobody") ?? nobody;
}

export function readPasswd(): string {
  try {
    return readFileSync("/etc/passwd", "utf8");
  } catch {
    return ""; // A container without one: `chooseRunAs` falls back to the customary number of `nobody`.
  }
}

function findUser(passwd: string, name: string): { uid: number; gid: number } | undefined {
  for (const line of passwd.split("\n")) {
    const [user, , uid, gid] = line.split(":");
    if (user === name && uid !== undefined && gid !== undefined && /^[1-9]\d*$/.test(uid) && /^\d+$/.test(gid)) {
      return { uid: Number(uid), gid: Number(gid) };
    }
  }
  return undefined;
}
