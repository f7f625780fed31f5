import { Household } from "../devices/household.ts";
import { Replicated } from "../postgres/replicated.ts";
import { Server } from "../server/server.ts";
import { between } from "../world/random.ts";
import { sleep } from "../world/until.ts";
import { countAcknowledged, judgeWorld } from "./judge-world.ts";
import { count as countUp, type TortureRun, type TortureTest } from "./torture-test.ts";

const plainRole = "app";

async function failOverAgainAndAgain(
  { scope, count, tally }: TortureRun,
  { isSynchronous, isPlainRole }: { isSynchronous: boolean; isPlainRole: boolean },
): Promise<void> {
  const postgres = await Replicated.create(scope);
  if (isPlainRole) await postgres.makePlainRole(plainRole);
  const url = isPlainRole ? postgres.url(plainRole) : postgres.url();
  const server = await Server.start(scope, { databaseUrl: url });
  const household = await Household.open(scope, { url: server.url, devices: 3 });
  let [missingBefore, sentAgainBefore] = [0, 0];
  for (let i = 0; i < count; i += 1) {
    if (isSynchronous) await postgres.makeSynchronous();
    const load = household.load({ pauseMs: 60 });
    await sleep(between(300, 1200));
    // A synchronous commit waits from here on; an asynchronous one is acknowledged, and lost with the primary.
    if (!isSynchronous || i % 2 === 1) postgres.replication.cut();
    await sleep(between(0, 700));
    const old = await postgres.failOver();
    tally.kills += 1;
    countUp(tally, "promotions");
    await sleep(between(100, 600));
    await load.stop();
    const { missing, sentAgain } = await judgeWorld(tally, postgres.primary, [household], { isWhole: isSynchronous });
    // None of them is lost, or the judgement had said so: it came back as it was, or a newer edit of its device did.
    tally.healed += missing.length - missingBefore;
    countUp(tally, "sent again byte for byte", sentAgain - sentAgainBefore);
    [missingBefore, sentAgainBefore] = [missing.length, sentAgain];
    tally.rounds += 1;
    old.remove();
    if (i + 1 < count) await postgres.replaceStandby();
  }
  countAcknowledged(tally, [household]);
}

export const asynchronousFailover: TortureTest = {
  id: "T5",
  title: "asynchronous standby promoted after its link was cut: the devices bring back what was lost",
  short: 2,
  campaign: 25,
  run: (run) => failOverAgainAndAgain(run, { isSynchronous: false, isPlainRole: false }),
};

export const failoverSeenByLineage: TortureTest = {
  id: "T5L",
  title: "the same for a database role that cannot read which cluster it is in: only the lineage tells",
  short: 1,
  campaign: 15,
  run: (run) => failOverAgainAndAgain(run, { isSynchronous: false, isPlainRole: true }),
};

export const synchronousFailover: TortureTest = {
  id: "T6",
  title: "synchronous standby promoted: nothing acknowledged is lost",
  short: 2,
  campaign: 30,
  run: (run) => failOverAgainAndAgain(run, { isSynchronous: true, isPlainRole: false }),
};
