import { existsSync } from "node:fs";
import { join } from "node:path";
import { locateBinaries } from "../../../../packages/server/src/db/embedded/binaries.ts";
import { placeBinaries } from "../../../../packages/server/src/db/embedded/place-binaries.ts";
import { chooseRunAs, readPasswd, type RunAs } from "../../../../packages/server/src/db/embedded/run-as.ts";
import { run } from "../world/child.ts";

/** Where PostgreSQL's programs are, and the user that runs them: it refuses to run as root. */
export interface Programs {
  readonly flavour: "embedded" | "debian";
  readonly folder: string;
  readonly runAs: RunAs;
}

const quiet = { info() {}, warn() {}, error() {} };

export function embeddedPrograms(): Programs {
  const runAs = chooseRunAs(process.getuid?.(), undefined, readPasswd());
  const { postgres } = placeBinaries(locateBinaries(), runAs, quiet as never);
  return { flavour: "embedded", folder: join(postgres, ".."), runAs };
}

const debianFolder = "/usr/lib/postgresql/15/bin";

/** Debian's PostgreSQL 15, which brings pg_basebackup and pg_dump; installed when it is missing. */
export async function debianPrograms(): Promise<Programs> {
  if (!existsSync(join(debianFolder, "pg_basebackup"))) await install("postgresql-15", "postgresql-client-15");
  return { flavour: "debian", folder: debianFolder, runAs: chooseRunAs(process.getuid?.(), undefined, readPasswd()) };
}

export async function pgbouncerProgram(): Promise<string> {
  const path = "/usr/sbin/pgbouncer";
  if (!existsSync(path)) await install("pgbouncer");
  return path;
}

let installing: Promise<unknown> = Promise.resolve();

/** Without starting anything of it: the tests run their own, on ports of their own. */
async function install(...packages: readonly string[]): Promise<void> {
  if (process.getuid?.() !== 0) throw new Error(`${packages.join(", ")} is missing, and only root can install it`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  installing = installing
    .catch(() => {})
    .then(async () => {
      const options = ["-qy", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300"];
      await run("apt-get", ["update", "-q"], { env });
      await run("apt-get", ["install", ...options, ...packages], { env });
    });
  await installing;
}
