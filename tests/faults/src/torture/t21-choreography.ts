import { DeviceProcess } from "../devices/device-process.ts";
import { openDevice, password, shownBy } from "../devices/device.ts";
import { judgeServer } from "../oracles/judge-server.ts";
import { Cluster } from "../postgres/cluster.ts";
import { embeddedPrograms } from "../postgres/programs.ts";
import { Server } from "../server/server.ts";
import { between, pick } from "../world/random.ts";
import { sleep, until } from "../world/until.ts";
import { count as countUp, countMost, type TortureRun, type TortureTest } from "./torture-test.ts";

/** What happens to some of the devices, and how it ends. */
interface Disturbance {
  begin(device: DeviceProcess): Promise<void>;
  end(device: DeviceProcess): Promise<void>;
  readonly isKill?: boolean;
}

const comeBack = async (device: DeviceProcess): Promise<void> => {
  await device.start();
  await device.call("live");
  await device.call("edit");
};

const partition = (...hold: ("up" | "down")[]): Disturbance => ({
  begin: async (device) => void (device.link.faults = { hold }),
  end: async (device) => device.link.heal(),
});

const disturbances: Record<string, Disturbance> = {
  disconnect: {
    begin: async (device) => void (await device.call("disconnect")),
    end: async (device) => void (await device.call("live")),
  },
  restart: { begin: async (device) => await device.end(), end: comeBack },
  "partition-in": partition("down"),
  "partition-out": partition("up"),
  "partition-both": partition("up", "down"),
  pause: {
    begin: async (device) => device.signal("SIGSTOP"),
    end: async (device) => device.signal("SIGCONT"),
  },
  kill: { begin: async (device) => await device.kill(), end: comeBack, isKill: true },
};

const devicesPerRun = 5;
const editsPerSecond = 2.5;
const atOnce = 4;

async function dance(run: TortureRun, faults: readonly Disturbance[], danceMs: number): Promise<void> {
  const { scope, count, tally } = run;
  const cluster = await Cluster.create(scope, { programs: embeddedPrograms() });
  const server = await Server.start(scope, { databaseUrl: cluster.url() });
  let started = 0;
  const acknowledged = (
    await Promise.all(
      Array.from({ length: Math.min(atOnce, count) }, async () => {
        const all = [];
        while (started < count) {
          started += 1;
          all.push(...(await danceOnce(run, server, `r${started}`, faults, danceMs)));
          tally.rounds += 1;
        }
        return all;
      }),
    )
  ).flat();
  const { broken, missing } = await judgeServer(cluster, acknowledged, { isWhole: true });
  tally.acknowledged += acknowledged.length;
  tally.lost += missing.length;
  tally.broken.push(...broken);
}

async function danceOnce(
  { scope, tally }: TortureRun,
  server: Server,
  prefix: string,
  faults: readonly Disturbance[],
  danceMs: number,
) {
  const email = `person-${crypto.randomUUID()}@example.com`;
  const devices: DeviceProcess[] = [];
  for (let i = 0; i < devicesPerRun; i += 1) {
    const device = await DeviceProcess.start(scope, `${prefix}d${i}`, server.port, editsPerSecond);
    await device.call(i === 0 ? "signUp" : "signIn", email);
    await device.call("live");
    devices.push(device);
  }
  for (const device of devices) await device.call("edit");

  const endMs = performance.now() + danceMs;
  while (performance.now() < endMs) {
    await sleep(between(1000, 4000));
    const fault = pick(faults);
    const victims = devices.filter(() => Math.random() < 0.5);
    await Promise.all(victims.map(async (device) => await fault.begin(device)));
    countUp(tally, "disturbances", victims.length);
    if (fault.isKill === true) tally.kills += victims.length;
    await sleep(between(1000, 6000));
    await Promise.all(victims.map(async (device) => await fault.end(device)));
  }
  for (const device of devices) await device.call("rest");

  // C-I7: by their own loops alone; nobody asks them to sync.
  let places: Awaited<ReturnType<DeviceProcess["place"]>>[] = [];
  const drainedMs = await until(
    "C-I7: no queue is stuck",
    async () => {
      places = await Promise.all(devices.map(async (device) => await device.place()));
      return places.every(({ place }) => place === places[0]?.place && !place.includes("waiting"));
    },
    { patienceMs: 300_000, everyMs: 250 },
  ).catch((error: unknown) => {
    tally.broken.push(`${String(error)}: ${places.map(({ place, status }) => `${place} ${status.state}`).join(" | ")}`);
    return 0;
  });
  countMost(tally, "slowest to drain, ms", drainedMs);

  const fresh = await openDevice({ url: server.url, name: `${prefix}fresh` });
  await fresh.sync.signIn({ email, password });
  await fresh.sync.syncNow();
  const shown = await shownBy(fresh.sync);
  await fresh.sync.close();
  const acknowledged = [];
  for (const device of devices) {
    const { expectations, acknowledged: own } = device.journal;
    const broken = expectations.judge(shown);
    tally.lost += broken.length;
    tally.broken.push(...broken, ...device.failedEdits.map((error) => `C-I5: an edit failed: ${error}`));
    acknowledged.push(...own);
    await device.end();
  }
  return acknowledged;
}

const fullDanceMs = 60_000;
const shortDanceMs = 20_000;

/** Each fault for itself, as the campaign runs it, and all of them mixed for a short round. */
export const choreographies: readonly TortureTest[] = [
  {
    id: "T21",
    title: `${devicesPerRun} device processes, every disturbance in turn`,
    short: 1,
    campaign: 4,
    run: (run) => dance(run, Object.values(disturbances), run.count > 1 ? fullDanceMs : shortDanceMs),
  },
  ...Object.entries(disturbances).map(([name, disturbance]): TortureTest => ({
    id: `T21-${name}`,
    title: `${devicesPerRun} device processes for ${fullDanceMs / 1000} s: ${name}`,
    short: 0,
    campaign: 10,
    run: (run) => dance(run, [disturbance], fullDanceMs),
  })),
];
