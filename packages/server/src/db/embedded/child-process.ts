import type { RunAs } from "./run-as.ts";

/**
 * How every PostgreSQL program is run: as the unprivileged user (Node drops the supplementary groups too), from a folder that
 * user can be in, with messages in English, and without the environment, whose PG* variables would redirect it.
 */
export function childProcessOptions(runAs: RunAs): {
  uid?: number;
  gid?: number;
  cwd: string;
  env: Record<string, string>;
} {
  const env = { LC_ALL: "C", TZ: "UTC", PATH: "/usr/local/bin:/usr/bin:/bin" };
  return { ...(runAs === null ? {} : { uid: runAs.uid, gid: runAs.gid }), cwd: "/", env };
}
