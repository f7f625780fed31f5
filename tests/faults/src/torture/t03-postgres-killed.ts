import { Household } from "../devices/household.ts";
import { EmbeddedOf } from "../postgres/embedded-of.ts";
import { isReady, statusOf } from "../server/health.ts";
import { Server } from "../server/server.ts";
import { between } from "../world/random.ts";
import { sleep, until } from "../world/until.ts";
import { countAcknowledged, judgeWorld } from "./judge-world.ts";
import { count as countUp, countMost, type TortureTest } from "./torture-test.ts";

const killsBetweenJudgements = 50;

/** The server's own PostgreSQL, as an operator runs it: fsync is on, and the server starts it again. */
export const postgresKilled: TortureTest = {
  id: "T3",
  title: "kill -9 of PostgreSQL, all its processes at once, and crash recovery",
  short: 6,
  campaign: 200,
  async run({ scope, count, tally }) {
    const server = await Server.start(scope);
    const postgres = new EmbeddedOf(server);
    const household = await Household.open(scope, { url: server.url, devices: 4 });
    const { pid } = server;
    for (let left = count; left > 0; left -= killsBetweenJudgements) {
      const load = household.load({ pauseMs: 80 });
      for (let i = 0; i < Math.min(left, killsBetweenJudgements); i += 1) {
        await sleep(between(100, 900));
        postgres.kill();
        tally.kills += 1;
        if ((await statusOf(server, "/health/ready")) === 503) countUp(tally, "times /ready said 503");
        if ((await statusOf(server, "/health")) !== 200) tally.broken.push("T3: the server was not alive");
        countMost(tally, "slowest recovery, ms", await until("PostgreSQL is back", () => isReady(server)));
      }
      await load.stop();
      await judgeWorld(tally, postgres, [household]);
      tally.rounds += 1;
    }
    if (server.pid !== pid) tally.broken.push("T3: the server did not live through it");
    if (tally.counts["times /ready said 503"] === undefined) tally.broken.push("T3: /ready never said 503");
    countAcknowledged(tally, [household]);
  },
};
