import { statSync } from "node:fs";
import { dirname } from "node:path";
import type { RunAs } from "./run-as.ts";

/**
 * Whether this user can walk to a folder: the search bit of every folder above it and of itself. By mode bits only: an ACL
 * that grants more is not seen, which costs nothing but a longer way (the cluster is then placed elsewhere).
 */
export function canReach(absolutePath: string, runAs: RunAs): boolean {
  if (runAs === null) return true;
  for (let folder = absolutePath; ; folder = dirname(folder)) {
    if (!canSearch(statSync(folder), runAs)) return false;
    if (dirname(folder) === folder) return true;
  }
}

export function canSearch(
  folder: { uid: number; gid: number; mode: number },
  user: { uid: number; gid: number },
): boolean {
  if (folder.uid === user.uid) return (folder.mode & 0o100) !== 0;
  if (folder.gid === user.gid) return (folder.mode & 0o010) !== 0;
  return (folder.mode & 0o001) !== 0;
}
