import { Household } from "../devices/household.ts";
import { Cluster } from "../postgres/cluster.ts";
import { embeddedPrograms } from "../postgres/programs.ts";
import { Server } from "../server/server.ts";
import { between, pick } from "../world/random.ts";
import { sleep } from "../world/until.ts";
import { countAcknowledged, judgeWorld } from "./judge-world.ts";
import { countMost, type TortureTest } from "./torture-test.ts";

const killsBetweenJudgements = 125;

export const serverKilled: TortureTest = {
  id: "T1",
  title: "kill -9 of one of two servers under load",
  short: 16,
  campaign: 1000,
  async run({ scope, count, tally }) {
    const cluster = await Cluster.create(scope, { programs: embeddedPrograms() });
    const servers = [await startServer(), await startServer()];
    // As a load balancer would: any request to any server.
    const options = { url: servers[0]!.url, route: () => pick(servers).url };
    const households = [
      await Household.open(scope, { ...options, devices: 4, prefix: "a" }),
      await Household.open(scope, { ...options, devices: 4, prefix: "b" }),
    ];

    for (let left = count; left > 0; left -= killsBetweenJudgements) {
      const loads = households.map((household) => household.load({ pauseMs: 120 }));
      let next = Math.min(left, killsBetweenJudgements);
      await Promise.all(
        servers.map(async (server) => {
          while (next-- > 0) {
            await sleep(between(50, 1200));
            await server.kill();
            tally.kills += 1;
            countMost(tally, "slowest restart, ms", await server.start());
          }
        }),
      );
      for (const load of loads) await load.stop();
      await judgeWorld(tally, cluster, households);
      tally.rounds += 1;
    }
    countAcknowledged(tally, households);

    async function startServer(): Promise<Server> {
      return await Server.start(scope, { databaseUrl: cluster.url() });
    }
  },
};
