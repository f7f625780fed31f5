import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Child } from "./child.ts";
import { asPostgres, ensureInstalled, freePort, isRoot } from "./debian.ts";

const bin = "/usr/lib/postgresql/15/bin";

export interface DebianPostgres {
  readonly port: number;
  /** Of a new, empty database. */
  createDatabase(name: string): Promise<string>;
  stop(): Promise<void>;
}

/** A private cluster of PostgreSQL 15 on a free port, without fsync: only a crash of the machine could notice. */
export async function startDebianPostgres(): Promise<DebianPostgres> {
  await ensureInstalled(`${bin}/postgres`, "postgresql-15");
  const dir = mkdtempSync(join(tmpdir(), "owlivion-conformance-pg15-"));
  if (isRoot) {
    await new Child("chown", "chown", ["postgres", dir]).succeeded();
    chmodSync(dir, 0o700);
  }
  const data = join(dir, "data");
  const run = (name: string, args: readonly string[]) => {
    const [command, all] = asPostgres(`${bin}/${name}`, args);
    return new Child(name, command, all, { cwd: "/" });
  };
  await run("initdb", [
    "-D",
    data,
    "-U",
    "owlivion",
    "-A",
    "trust",
    "-E",
    "UTF8",
    "--locale=C.UTF-8",
    "--no-sync",
  ]).succeeded();
  const port = await freePort();
  const settings = [
    "fsync=off",
    "full_page_writes=off",
    "listen_addresses=127.0.0.1",
    `unix_socket_directories=${dir}`,
  ];
  const server = run("postgres", ["-D", data, "-p", String(port), ...settings.flatMap((one) => ["-c", one])]);
  const connection = ["-h", "127.0.0.1", "-p", String(port), "-U", "owlivion"];
  await server.ready(async () => {
    await run("pg_isready", [...connection, "-d", "postgres"]).succeeded();
    return true;
  });
  return {
    port,
    async createDatabase(name) {
      await run("createdb", [...connection, "-T", "template0", "-E", "UTF8", name]).succeeded();
      return `postgres://owlivion@127.0.0.1:${port}/${name}`;
    },
    async stop() {
      await run("pg_ctl", ["-D", data, "-m", "immediate", "-w", "stop"]).succeeded();
      await server.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
