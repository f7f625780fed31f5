import { chownSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Household } from "../devices/household.ts";
import { Cluster, databaseName } from "../postgres/cluster.ts";
import { embeddedPrograms, pgbouncerProgram } from "../postgres/programs.ts";
import { Server } from "../server/server.ts";
import { Child } from "../world/child.ts";
import { between, pick } from "../world/random.ts";
import { freePort, type Scope } from "../world/scope.ts";
import { sleep, until } from "../world/until.ts";
import { countAcknowledged, judgeWorld } from "./judge-world.ts";
import { countMost, type TortureTest } from "./torture-test.ts";

/** pgbouncer in transaction mode in front of the cluster; answers its port. */
async function startPgbouncer(scope: Scope, cluster: Cluster): Promise<number> {
  const port = await freePort();
  const { runAs } = embeddedPrograms();
  const file = join(scope.folder, "pgbouncer.ini");
  writeFileSync(
    file,
    `[databases]
${databaseName} = host=127.0.0.1 port=${cluster.port} user=owlivion connect_query='set statement_timeout = 5000; set lock_timeout = 2000'
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 5
max_client_conn = 500
`,
  );
  if (runAs !== null) chownSync(file, runAs.uid, runAs.gid);
  const child = new Child(await pgbouncerProgram(), [file], runAs === null ? {} : { uid: runAs.uid, gid: runAs.gid });
  scope.defer(() => child.kill());
  await until("pgbouncer listens", () => {
    if (!child.isRunning) throw new Error(`pgbouncer ended: ${child.output}`);
    return child.output.includes("process up");
  });
  return port;
}

export const behindPgbouncer: TortureTest = {
  id: "T12",
  title: "pgbouncer in transaction mode between two servers and PostgreSQL, servers killed",
  short: 4,
  campaign: 60,
  async run({ scope, count, tally }) {
    const cluster = await Cluster.create(scope, { programs: embeddedPrograms() });
    const port = await startPgbouncer(scope, cluster);
    const options = { databaseUrl: cluster.url(port), settings: { DATABASE_DIRECT_URL: cluster.url() } };
    const servers = [await Server.start(scope, options), await Server.start(scope, options)];
    const household = await Household.open(scope, { url: servers[0]!.url, route: () => pick(servers).url, devices: 4 });
    const load = household.load({ pauseMs: 60 });
    for (let i = 0; i < count; i += 1) {
      await sleep(between(200, 1200));
      const server = pick(servers);
      await server.kill();
      tally.kills += 1;
      countMost(tally, "slowest restart, ms", await server.start());
    }
    await load.stop();
    tally.rounds += 1;
    await judgeWorld(tally, cluster, [household]);
    countAcknowledged(tally, [household]);
  },
};
