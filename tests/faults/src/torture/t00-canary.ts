import { Household } from "../devices/household.ts";
import { Cluster } from "../postgres/cluster.ts";
import { embeddedPrograms } from "../postgres/programs.ts";
import { Server } from "../server/server.ts";
import { sleep } from "../world/until.ts";
import { judgeWorld } from "./judge-world.ts";
import { count as countUp, emptyTally, type TortureTest } from "./torture-test.ts";

/** Damage that the oracles must name, each by its rule. */
const damages: readonly { readonly rule: string; readonly sql: string }[] = [
  { rule: "S-I1", sql: "delete from sync_data_changes where version = 2" },
  {
    rule: "S-I3",
    sql: "update sync_data_changes set record_checksum = decode(repeat('00', 32), 'hex') where version = 3",
  },
  {
    rule: "S-I7",
    sql: "update sync_batches set head_before = head_before + 1 where head_after = (select max(head_after) from sync_batches)",
  },
  { rule: "S-I12", sql: "update sync_data set record_count = record_count + 1 where head > 0" },
];

/** A suite that cannot fail proves nothing: here everything is wrong, and each oracle has to say so. */
export const canary: TortureTest = {
  id: "T0",
  title: "the oracles name what is wrong when something is",
  short: 1,
  campaign: 1,
  async run({ scope, tally }) {
    const cluster = await Cluster.create(scope, { programs: embeddedPrograms() });
    const server = await Server.start(scope, { databaseUrl: cluster.url() });
    const household = await Household.open(scope, { url: server.url, devices: 2 });
    const load = household.load({ pauseMs: 40 });
    await sleep(1500);
    await load.stop();
    await household.settle();
    for (const { sql } of damages) await cluster.query(sql);
    // An edit that a device believes it made, and a deletion that nobody carried out.
    household.devices[0]!.expectations.commit("hot-1", "d0", 1_000_000);
    household.devices[1]!.expectations.commitDeletion("hot-1");
    // An acknowledgement that stood on something else than the server says.
    const last = household.devices[1]!.acknowledged.findLast(({ isUnchanged }) => !isUnchanged);
    Object.assign(last!, { baseVersion: 1_000_000 });
    const found = emptyTally();
    await judgeWorld(found, cluster, [household]);
    for (const rule of [...damages.map(({ rule }) => rule), "S-I5", "C-I5", "S-I8"]) {
      if (found.broken.some((each) => each.startsWith(rule))) countUp(tally, `${rule} named`);
      else tally.broken.push(`${rule} was broken, and nothing said so`);
    }
    tally.rounds += 1;
  },
};
