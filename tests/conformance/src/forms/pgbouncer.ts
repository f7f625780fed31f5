import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Child } from "./child.ts";
import { asPostgres, ensureInstalled, freePort, isRoot } from "./debian.ts";

export interface PgBouncer {
  urlOf(database: string): string;
  stop(): Promise<void>;
}

/** As docs/self-hosting.md tells operators to set it. */
const connectQuery =
  "set statement_timeout = 5000; set lock_timeout = 2000; set idle_in_transaction_session_timeout = 10000";

/** Debian's pgbouncer, pooling by transaction, in front of a PostgreSQL on this machine. */
export async function startPgBouncer(postgresPort: number): Promise<PgBouncer> {
  await ensureInstalled("/usr/sbin/pgbouncer", "pgbouncer");
  const dir = mkdtempSync(join(tmpdir(), "owlivion-conformance-pgbouncer-"));
  const port = await freePort();
  const users = join(dir, "users.txt");
  const file = join(dir, "pgbouncer.ini");
  writeFileSync(users, '"owlivion" ""\n');
  writeFileSync(
    file,
    `[databases]
* = host=127.0.0.1 port=${postgresPort} connect_query='${connectQuery}'
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${users}
pool_mode = transaction
default_pool_size = 8
max_client_conn = 200
`,
  );
  if (isRoot) await new Child("chown", "chown", ["-R", "postgres", dir]).succeeded();
  const [command, args] = asPostgres("/usr/sbin/pgbouncer", [file]);
  const child = new Child("pgbouncer", command, args, { cwd: "/" });
  await child.ready(() => accepts(port));
  return {
    urlOf: (database) => `postgres://owlivion@127.0.0.1:${port}/${database}`,
    async stop() {
      await child.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}
