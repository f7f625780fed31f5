import { Household } from "../devices/household.ts";
import { Cluster } from "../postgres/cluster.ts";
import { embeddedPrograms } from "../postgres/programs.ts";
import { Server } from "../server/server.ts";
import { sleep, until } from "../world/until.ts";
import { countAcknowledged, judgeWorld } from "./judge-world.ts";
import { count as countUp, type TortureTest } from "./torture-test.ts";

/**
 * Each statement of a push, and what stops exactly that one in its middle. A session of the test holds what it needs, the
 * backend is ended while it waits.
 */
const statements: readonly { readonly name: string; readonly hold: string }[] = [
  { name: "session", hold: "lock table devices in access exclusive mode" },
  { name: "open_collection", hold: "select 1 from sync_data for update" },
  { name: "read_record_states", hold: "lock table deleted_records in access exclusive mode" },
  { name: "delta page", hold: "lock table epoch_starts in access exclusive mode" },
  { name: "apply_batch", hold: "lock table sync_batches in share mode" },
];

export const backendEnded: TortureTest = {
  id: "T2",
  title: "the database connection is ended in the middle of each statement of a push",
  short: 1,
  campaign: 20,
  async run({ scope, count, tally }) {
    const cluster = await Cluster.create(scope, { programs: embeddedPrograms() });
    const server = await Server.start(scope, { databaseUrl: cluster.url() });
    const household = await Household.open(scope, { url: server.url, devices: 2 });
    const [device] = household.devices;
    const { pid } = server;

    for (let i = 0; i < count; i += 1) {
      for (const { name, hold } of statements) {
        // pg_terminate_backend ends one connection; SIGKILL of one backend makes PostgreSQL restart all and recover.
        for (const how of ["terminate", "kill"] as const) {
          await household.settle();
          await device!.workload.step();
          const holder = await cluster.connect();
          await holder.query("begin");
          await holder.query(hold);
          const pushing = device!.sync.syncNow().then(
            () => "answered",
            () => "refused",
          );
          const victim = await findWaiting();
          if (victim === null) {
            // The statement does not touch it in this form of a push.
            await holder.end();
            await pushing;
            countUp(tally, `${name} was not met`);
            continue;
          }
          if (how === "terminate") await cluster.query(`select pg_terminate_backend(${victim})`);
          else process.kill(victim, "SIGKILL");
          tally.kills += 1;
          countUp(tally, `${name}: ${how}`);
          await pushing;
          await holder.end().catch(() => {});
          await until("PostgreSQL answers", () => cluster.query("select 1").then(Boolean, () => false));
        }
      }
      tally.rounds += 1;
    }
    await household.settle();
    if (server.pid !== pid) tally.broken.push("T2: the server did not live through it");
    for (const { name } of statements) {
      if (tally.counts[`${name}: terminate`] === undefined) tally.broken.push(`T2: ${name} was never interrupted`);
    }
    await judgeWorld(tally, cluster, [household]);
    countAcknowledged(tally, [household]);

    async function findWaiting(): Promise<number | null> {
      for (let triesLeft = 200; triesLeft > 0; triesLeft -= 1) {
        const [row] = await cluster.query<{ pid: number }>(
          `select pid from pg_stat_activity where wait_event_type = 'Lock' and application_name = 'owlivion-sync' limit 1`,
        );
        if (row !== undefined) return row.pid;
        await sleep(20);
      }
      return null;
    }
  },
};
