import { connect } from "node:net";
import { Household } from "../devices/household.ts";
import { RawClient } from "../network/raw-client.ts";
import { type Inspect, type LinkFaults, TcpProxy } from "../network/tcp-proxy.ts";
import { Cluster } from "../postgres/cluster.ts";
import { embeddedPrograms } from "../postgres/programs.ts";
import { isReady, statusOf } from "../server/health.ts";
import { Server } from "../server/server.ts";
import { sleep, until } from "../world/until.ts";
import { countAcknowledged, judgeWorld } from "./judge-world.ts";
import { count as countUp, type TortureRun, type TortureTest } from "./torture-test.ts";

interface BadLink {
  readonly name: string;
  readonly faults: LinkFaults;
}

const badLinks: readonly BadLink[] = [
  { name: "latency 200 ms", faults: { latencyMs: 100 } },
  { name: "1 % resets", faults: { resetChance: 0.01 } },
  { name: "64 KiB/s", faults: { bytesPerSecond: 64 * 1024 } },
  { name: "half open, replies lost", faults: { swallow: ["down"] } },
  { name: "half open, requests lost", faults: { swallow: ["up"] } },
  { name: "cut", faults: { isCut: true } },
];
const badLinkMs = 2500;

/** "commit" as the simple query that it is: Q, a length, the text, zero. */
const commitMessage = Buffer.concat([Buffer.from([0x51, 0, 0, 0, 11]), Buffer.from("commit\0")]);

/** Every nth COMMIT: the connection is gone once it was sent, or just before, and nobody knows which. */
function commitUnknown(every: number, onCut: (wasSent: boolean) => void): Inspect {
  let commits = 0;
  return (chunk, direction) => {
    if (direction !== "up" || !chunk.includes(commitMessage)) return "pass";
    commits += 1;
    if (commits % every !== 0) return "pass";
    const wasSent = (commits / every) % 2 === 0;
    onCut(wasSent);
    return wasSent ? "pass-and-drop" : "drop";
  };
}

async function tortureLinks({ scope, count, tally }: TortureRun, which: "database" | "device"): Promise<void> {
  const cluster = await Cluster.create(scope, { programs: embeddedPrograms() });
  const database = await TcpProxy.open(scope, cluster.port);
  // What a dead link costs is these timeouts and the pool's patience; shorter ones, so that the test is.
  const settings = { DATABASE_STATEMENT_TIMEOUT_MS: "1000", DATABASE_LOCK_TIMEOUT_MS: "1000" };
  const server = await Server.start(scope, { databaseUrl: cluster.url(database.port), settings });
  const front = await TcpProxy.open(scope, server.port);
  const link = which === "database" ? database : front;
  const url = `http://127.0.0.1:${front.port}`;
  const household = await Household.open(scope, { url, devices: 3, idleMs: 5000 });
  const { pid } = server;
  for (let i = 0; i < count; i += 1) {
    const load = household.load({ pauseMs: 60 });
    for (const { name, faults } of badLinks) {
      link.faults = faults;
      if (faults.isCut === true) link.reset();
      await sleep(badLinkMs);
      link.heal();
      // Connections that bytes were lost of cannot go on.
      if (faults.swallow !== undefined) link.reset();
      countUp(tally, name);
      await sleep(300);
    }
    if (which === "database") {
      database.inspect = commitUnknown(10, (wasSent) =>
        countUp(tally, wasSent ? "cut after COMMIT" : "cut before COMMIT"),
      );
      await sleep(4 * badLinkMs);
      database.inspect = null;
    }
    await load.stop();
    await until("the server is ready", () => isReady(server));
    await judgeWorld(tally, cluster, [household]);
    tally.rounds += 1;
  }
  if (server.pid !== pid) tally.broken.push("the server did not live through it");
  countUp(tally, "connections reset", link.resets);
  countAcknowledged(tally, [household]);
}

/** What no client of ours would do, on the wire to the server itself. */
async function abuseServer({ scope, count, tally }: TortureRun): Promise<void> {
  const cluster = await Cluster.create(scope, { programs: embeddedPrograms() });
  const server = await Server.start(scope, { databaseUrl: cluster.url() });
  const client = await RawClient.register(server.url);
  for (let i = 0; i < count; i += 1) {
    // The same upload eight times at once: one effect, and every answer the same.
    const body = client.pushBody([{ id: `twice-${i}`, text: "x", base: 0 }], await epochOf(client));
    const key = crypto.randomUUID();
    const answers = await Promise.all(Array.from({ length: 8 }, () => client.send(body, key)));
    const results = new Set(
      answers.map(({ status, data }) => JSON.stringify([status, data?.results, data?.synced_at])),
    );
    if (results.size !== 1)
      tally.broken.push(`S-I4: one upload sent eight times got ${results.size} different answers`);
    countUp(tally, "duplicates", 8);
    tally.acknowledged += 1;

    // A body that ends too early, and heads and bodies that never end.
    const half = JSON.stringify(body).slice(0, 60);
    const head = `POST /api/v1/sync/notes/delta HTTP/1.1\r\nhost: x\r\nauthorization: ${client.headers["authorization"]}\r\ncontent-type: application/json\r\n`;
    const sockets = await Promise.all([
      ...Array.from({ length: 20 }, () => openSocket(server.port, `${head}content-length: 5000\r\n\r\n${half}`)),
      ...Array.from({ length: 20 }, () =>
        openSocket(server.port, "POST /api/v1/sync/notes/delta HTTP/1.1\r\nhost: x\r\nx-slow: "),
      ),
    ]);
    for (const socket of sockets.slice(0, 10)) socket.resetAndDestroy();
    countUp(tally, "slow or truncated requests", sockets.length);
    if ((await statusOf(server, "/health/ready")) !== 200) tally.broken.push("T11: slow requests keep others out");
    const next = await client.push([{ id: `beside-${i}`, text: "x" }]);
    if (next.status !== 200) tally.broken.push(`T11: beside slow requests a push got ${next.status}`);
    tally.acknowledged += 1;
    if (count > 1 || i === 0)
      await until("the server gives slow requests up", () => sockets.every(({ destroyed }) => destroyed));
    tally.rounds += 1;
  }
  const [row] = await cluster.query<{ n: number }>("select head::int as n from sync_data");
  if (row?.n !== 2 * count) tally.broken.push(`S-I4: ${2 * count} changes were sent, the head is ${row?.n}`);
}

async function epochOf(client: RawClient): Promise<string> {
  return (await client.page("cursor=initial")).data?.epoch ?? "";
}

async function openSocket(port: number, text: string) {
  const socket = connect({ host: "127.0.0.1", port });
  socket.on("error", () => {}).on("data", () => {});
  await new Promise<void>((resolve) => socket.once("connect", () => resolve()));
  socket.write(text);
  return socket;
}

export const badLinkTests: readonly TortureTest[] = [
  {
    id: "T10",
    title: "a bad link between server and PostgreSQL; every tenth COMMIT without an answer",
    short: 1,
    campaign: 10,
    run: (run) => tortureLinks(run, "database"),
  },
  {
    id: "T11",
    title: "a bad link between devices and server",
    short: 1,
    campaign: 10,
    run: (run) => tortureLinks(run, "device"),
  },
  {
    id: "T11-abuse",
    title: "duplicates at once, truncated bodies, requests that never end",
    short: 1,
    campaign: 5,
    run: abuseServer,
  },
];
