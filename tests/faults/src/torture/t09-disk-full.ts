import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Household } from "../devices/household.ts";
import { RawClient } from "../network/raw-client.ts";
import { Cluster } from "../postgres/cluster.ts";
import { embeddedPrograms } from "../postgres/programs.ts";
import { isReady } from "../server/health.ts";
import { Server } from "../server/server.ts";
import { run } from "../world/child.ts";
import type { Scope } from "../world/scope.ts";
import { sleep, until } from "../world/until.ts";
import { countAcknowledged, judgeWorld } from "./judge-world.ts";
import { count as countUp, type TortureRun, type TortureTest } from "./torture-test.ts";

/** A file system of so many MiB, which can grow. Needs root. */
async function smallDisk(
  scope: Scope,
  name: string,
  mebibytes: number,
): Promise<{ folder: string; resize(to: number): Promise<void> }> {
  if (process.getuid?.() !== 0) throw new Error("a small file system can only be mounted by root");
  const folder = join(scope.folder, name);
  mkdirSync(folder);
  await run("mount", ["-t", "tmpfs", "-o", `size=${mebibytes}m,mode=0755`, "tmpfs", folder]);
  scope.defer(() => run("umount", ["-l", folder]));
  chmodSync(folder, 0o711);
  return { folder, resize: async (to) => void (await run("mount", ["-o", `remount,size=${to}m`, folder])) };
}

async function fill(run: TortureRun, what: "data" | "wal"): Promise<void> {
  const { scope, count, tally } = run;
  for (let i = 0; i < count; i += 1) {
    const disk = await smallDisk(scope, `disk-${what}-${i}`, what === "data" ? 110 : 40);
    const programs = embeddedPrograms();
    // Small segments, so that what fills the disk is data; or the log, when that alone stands on the small disk.
    const settings = { min_wal_size: "32MB", max_wal_size: "32MB", checkpoint_timeout: "30s", wal_recycle: "off" };
    const cluster = await Cluster.create(scope, {
      programs,
      settings,
      ...(what === "data" ? { folder: join(disk.folder, "cluster") } : { walFolder: join(disk.folder, "wal") }),
    });
    const server = await Server.start(scope, { databaseUrl: cluster.url() });
    const household = await Household.open(scope, { url: server.url, devices: 2 });
    const filler = await RawClient.register(server.url);
    const text = "x".repeat(180_000);
    const kept: string[] = [];
    let refusals = 0;
    for (let n = 0; refusals < 6 && n < 400; n += 1) {
      const ids = [0, 1, 2, 3].map((part) => `fill-${n}-${part}`);
      const { status, code } = await filler
        .push(ids.map((id) => ({ id, text: text + id })))
        .catch(() => ({ status: 0, code: "connection lost" }));
      if (status === 200) kept.push(...ids);
      else {
        refusals += 1;
        countUp(tally, `answers ${status} ${code}`);
        if (status !== 507 && status !== 503) tally.broken.push(`T9: a full disk was answered by ${status} ${code}`);
        await sleep(200);
      }
    }
    if (refusals === 0) tally.broken.push("T9: the disk never got full");
    // The devices go on; what the server cannot take waits with them.
    const load = household.load({ pauseMs: 60 });
    await sleep(1000);
    await disk.resize(600);
    if (cluster.pid === null) {
      countUp(tally, "times PostgreSQL had stopped");
      await cluster.start();
    }
    await until("it heals by itself once there is room", async () => await isReady(server));
    await sleep(500);
    await load.stop();
    await judgeWorld(tally, cluster, [household]);
    const there = new Set(await allIds(filler));
    for (const id of kept) {
      if (there.has(id)) continue;
      tally.lost += 1;
      tally.broken.push(`S-I3: ${id} was acknowledged and is not there`);
    }
    // S-I7: of a refused batch nothing is there, or all of it when only the answer was lost.
    const batches = Map.groupBy(there, (id) => id.split("-")[1] ?? "");
    for (const [n, ids] of batches) if (ids.length !== 4) tally.broken.push(`S-I7: batch ${n} is there in part`);
    tally.acknowledged += kept.length;
    countAcknowledged(tally, [household]);
    await server.kill();
    await cluster.kill();
    rmSync(join(disk.folder, "cluster"), { recursive: true, force: true });
    tally.rounds += 1;
  }
}

async function allIds(client: RawClient): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor = "initial"; ;) {
    const { data } = await client.page(`cursor=${encodeURIComponent(cursor)}&limit=1000`);
    if (data === null) throw new Error("the filler's records cannot be read");
    ids.push(...data.changes.map(({ record_id: id }) => id));
    if (!data.pagination.has_more) return ids;
    cursor = data.next_cursor;
  }
}

export const fullDisks: readonly TortureTest[] = [
  {
    id: "T9",
    title: "the disk of the data gets full, and later has room",
    short: 1,
    campaign: 5,
    run: (run) => fill(run, "data"),
  },
  {
    id: "T9-wal",
    title: "the disk of the log gets full, and later has room",
    short: 1,
    campaign: 5,
    run: (run) => fill(run, "wal"),
  },
];
