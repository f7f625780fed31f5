import { Household } from "../devices/household.ts";
import { Cluster } from "../postgres/cluster.ts";
import { embeddedPrograms } from "../postgres/programs.ts";
import { statusOf } from "../server/health.ts";
import { Server } from "../server/server.ts";
import { between } from "../world/random.ts";
import { sleep } from "../world/until.ts";
import { countAcknowledged, judgeWorld } from "./judge-world.ts";
import { countMost, type TortureTest } from "./torture-test.ts";

export const drained: TortureTest = {
  id: "T20",
  title: "SIGTERM under load: what is in flight is answered, then the process ends with 0",
  short: 3,
  campaign: 40,
  async run({ scope, count, tally }) {
    const cluster = await Cluster.create(scope, { programs: embeddedPrograms() });
    const server = await Server.start(scope, { databaseUrl: cluster.url() });
    const household = await Household.open(scope, { url: server.url, devices: 4 });
    for (let i = 0; i < count; i += 1) {
      const load = household.load({ pauseMs: 20 });
      await sleep(between(200, 900));
      const began = performance.now();
      const code = await server.stop();
      countMost(tally, "slowest end, ms", performance.now() - began);
      if (code !== 0) tally.broken.push(`T20: the server ended with ${code}`);
      if ((await statusOf(server, "/health")) !== 0) tally.broken.push("T20: something still answers");
      await server.start();
      await load.stop();
      tally.rounds += 1;
    }
    await judgeWorld(tally, cluster, [household]);
    countAcknowledged(tally, [household]);
  },
};
