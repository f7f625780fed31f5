import { Household } from "../devices/household.ts";
import { Cluster } from "../postgres/cluster.ts";
import { embeddedPrograms } from "../postgres/programs.ts";
import { isReady, statusOf } from "../server/health.ts";
import { Server } from "../server/server.ts";
import { between } from "../world/random.ts";
import { sleep, until } from "../world/until.ts";
import { countAcknowledged, judgeWorld } from "./judge-world.ts";
import { count as countUp, type TortureTest } from "./torture-test.ts";

export const postgresRestarted: TortureTest = {
  id: "T4",
  title: "PostgreSQL restarts while the server is idle and while it is busy",
  short: 4,
  campaign: 40,
  async run({ scope, count, tally }) {
    const cluster = await Cluster.create(scope, { programs: embeddedPrograms() });
    const server = await Server.start(scope, { databaseUrl: cluster.url() });
    const household = await Household.open(scope, { url: server.url, devices: 3 });
    const { pid } = server;
    for (let i = 0; i < count; i += 1) {
      const isBusy = i % 2 === 1;
      const how = i % 4 < 2 ? "fast" : "immediate";
      const load = isBusy ? household.load({ pauseMs: 50 }) : null;
      await sleep(between(100, 500));
      await cluster.stop(how);
      if ((await statusOf(server, "/health/ready")) !== 503) tally.broken.push("T4: /ready was not 503");
      if ((await statusOf(server, "/health")) !== 200) tally.broken.push("T4: the server was not alive");
      await sleep(between(0, 300));
      await cluster.start();
      await until("the pool heals", () => isReady(server));
      await load?.stop();
      await household.settle();
      countUp(tally, `${isBusy ? "busy" : "idle"} ${how} restarts`);
      tally.rounds += 1;
    }
    if (server.pid !== pid) tally.broken.push("T4: the server did not live through it");
    await judgeWorld(tally, cluster, [household]);
    countAcknowledged(tally, [household]);
  },
};
