import { Household } from "../devices/household.ts";
import { RawClient } from "../network/raw-client.ts";
import { Replicated } from "../postgres/replicated.ts";
import { Server } from "../server/server.ts";
import { sleep, until } from "../world/until.ts";
import { countAcknowledged, judgeWorld } from "./judge-world.ts";
import { count as countUp, type TortureTest } from "./torture-test.ts";

/** The primary that was given up comes back, and for a while the server is led to it. */
export const oldPrimary: TortureTest = {
  id: "T8",
  title: "the old primary comes back: what belongs to the new epoch is refused there, and nothing is lost",
  short: 1,
  campaign: 10,
  async run({ scope, count, tally }) {
    const postgres = await Replicated.create(scope);
    const server = await Server.start(scope, { databaseUrl: postgres.url() });
    const household = await Household.open(scope, { url: server.url, devices: 3 });
    const raw = await RawClient.register(server.url);
    await raw.push([{ id: "a", text: "first" }]);
    for (let i = 0; i < count; i += 1) {
      const load = household.load({ pauseMs: 60 });
      await sleep(500);
      postgres.replication.cut();
      await sleep(300);
      const old = await postgres.failOver();
      tally.kills += 1;
      await load.stop();
      await household.settle();

      await old.start();
      const there = await raw.push([{ id: "a", text: `there ${i}` }]);
      const epoch = there.data?.epoch ?? "";
      for (const { workload } of household.devices) await workload.step();
      postgres.database.targetPort = old.port;
      postgres.database.reset();
      // Compare and set with an epoch that the old primary does not know: it must not judge by its own versions.
      const refused = await raw.push([{ id: "a", text: "here", base: there.data?.version ?? 0 }], { epoch });
      if (refused.code !== "EPOCH_CHANGED") {
        tally.broken.push(`S-I14: the old primary answered ${refused.status} ${refused.code} to the new epoch`);
      }
      // One push of each device meets the old primary, with the epoch that it does not know.
      const refusals = await Promise.all(household.devices.map(({ sync }) => refusalOf(sync.syncNow())));
      for (const refusal of refusals) countUp(tally, `met the old primary: ${refusal}`);
      postgres.database.targetPort = postgres.primary.port;
      postgres.database.reset();
      await until("the server serves again", async () => (await fetch(`${server.url}/health/ready`)).status === 200);
      await judgeWorld(tally, postgres.primary, [household], { isWhole: false });
      await old.kill();
      old.remove();
      tally.rounds += 1;
      if (i + 1 < count) await postgres.replaceStandby();
    }
    countAcknowledged(tally, [household]);
  },
};

async function refusalOf(sync: Promise<unknown>): Promise<string> {
  try {
    await sync;
    return "resynced";
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : String(error);
  }
}
