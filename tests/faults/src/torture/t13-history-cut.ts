import { mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Household } from "../devices/household.ts";
import { password, writeDown } from "../devices/device.ts";
import { Cluster } from "../postgres/cluster.ts";
import { EmbeddedOf } from "../postgres/embedded-of.ts";
import { debianPrograms } from "../postgres/programs.ts";
import { Server } from "../server/server.ts";
import { childProcessOptions } from "../../../../packages/server/src/db/embedded/child-process.ts";
import { run as runProgram } from "../world/child.ts";
import { sleep, until } from "../world/until.ts";
import { countAcknowledged, judgeWorld } from "./judge-world.ts";
import type { Tally, TortureRun, TortureTest } from "./torture-test.ts";

/** Edits for a while; the devices know of them and so does the server. */
async function work(household: Household, ms: number): Promise<void> {
  const load = household.load({ pauseMs: 60 });
  await sleep(ms);
  await load.stop();
}

async function judgeHealed(
  tally: Tally,
  postgres: Pick<Cluster, "query">,
  household: Household,
  missingBefore: number,
): Promise<number> {
  const { missing } = await judgeWorld(tally, postgres, [household], { isWhole: false });
  tally.healed += missing.length - missingBefore;
  tally.rounds += 1;
  if (missing.length === missingBefore) tally.broken.push("T13: nothing was lost, so nothing was tested");
  return missing.length;
}

async function restoreYesterday({ scope, count, tally }: TortureRun): Promise<void> {
  const server = await Server.start(scope);
  const household = await Household.open(scope, { url: server.url, devices: 3 });
  let missing = 0;
  for (let i = 0; i < count; i += 1) {
    await work(household, 1000);
    const file = join(scope.folder, `yesterday-${i}.backup`);
    await server.command("backup", file);
    await work(household, 1500);
    // The devices go on editing and asking while the operator restores.
    const load = household.load({ pauseMs: 60 });
    await server.stop();
    await server.command("restore", "--replace", "--yes", file);
    await server.start();
    await sleep(500);
    await load.stop();
    missing = await judgeHealed(tally, new EmbeddedOf(server), household, missing);
  }
  countAcknowledged(tally, [household]);
}

/** A dump that is read back into the same cluster: neither its identity nor its timeline changes. */
async function restoreDumpInPlace({ scope, count, tally }: TortureRun): Promise<void> {
  const programs = await debianPrograms();
  const cluster = await Cluster.create(scope, { programs });
  const server = await Server.start(scope, { databaseUrl: cluster.url() });
  const household = await Household.open(scope, { url: server.url, devices: 3 });
  const program = async (name: string, ...args: string[]): Promise<string> => {
    const command = join(programs.folder, name);
    return await runProgram(command, [...args, "-d", cluster.url()], childProcessOptions(programs.runAs));
  };
  let missing = 0;
  for (let i = 0; i < count; i += 1) {
    await work(household, 1000);
    const file = join(cluster.folder, `dump-${i}`);
    await program("pg_dump", "-Fc", "-f", file);
    await work(household, 1500);
    const load = household.load({ pauseMs: 60 });
    // The server is not even told. It locks tables in another order than pg_restore drops them: that has to give way at times.
    await until("the dump is restored", async () => {
      const restoring = program("pg_restore", "--clean", "--if-exists", "--single-transaction", file);
      const failure = await restoring.then(() => null, String);
      if (failure !== null && !failure.includes("deadlock detected")) throw new Error(failure);
      return failure === null;
    });
    await sleep(500);
    await load.stop();
    missing = await judgeHealed(tally, cluster, household, missing);
  }
  countAcknowledged(tally, [household]);
}

/** The data directory of a stopped server, copied and later put back. */
async function putBackCopy({ scope, count, tally }: TortureRun): Promise<void> {
  const server = await Server.start(scope);
  const household = await Household.open(scope, { url: server.url, devices: 3 });
  let missing = 0;
  for (let i = 0; i < count; i += 1) {
    await work(household, 1000);
    await server.stop();
    const copy = `${server.dataDir}-copy-${i}`;
    await runProgram("cp", ["-a", server.dataDir, copy]);
    await server.start();
    await work(household, 1500);
    await server.stop();
    rmSync(server.dataDir, { recursive: true });
    renameSync(copy, server.dataDir);
    await server.start();
    missing = await judgeHealed(tally, new EmbeddedOf(server), household, missing);
  }
  countAcknowledged(tally, [household]);
}

/** Everything is gone, the server begins anew; an unlocked device makes the account again. */
async function wipeServer({ scope, count, tally }: TortureRun): Promise<void> {
  const server = await Server.start(scope);
  const household = await Household.open(scope, { url: server.url, devices: 3 });
  let missing = 0;
  for (let i = 0; i < count; i += 1) {
    await work(household, 1000);
    await household.settle();
    await server.stop();
    rmSync(server.dataDir, { recursive: true });
    mkdirSync(server.dataDir, { mode: 0o711 });
    await server.start();
    const [first] = household.devices;
    // What it is told first is that its session is not known.
    await first!.sync.syncNow().catch(() => {});
    await first!.sync.rebuildAccount({ password, recovery: { confirmRecoveryKey: writeDown } });
    await first!.sync.syncNow();
    missing = await judgeHealed(tally, new EmbeddedOf(server), household, missing);
  }
  countAcknowledged(tally, [household]);
}

const title = (what: string): string => `${what} under live devices`;

export const historyCuts: readonly TortureTest[] = [
  { id: "T13", title: title("yesterday's backup restored"), short: 1, campaign: 10, run: restoreYesterday },
  { id: "T13-dump", title: title("a dump restored in place"), short: 1, campaign: 10, run: restoreDumpInPlace },
  { id: "T13-copy", title: title("a copied data directory put back"), short: 1, campaign: 10, run: putBackCopy },
  { id: "T13-wiped", title: title("a wiped server begun anew"), short: 1, campaign: 10, run: wipeServer },
];
