import { RawClient } from "../network/raw-client.ts";
import { Cluster, databaseName } from "../postgres/cluster.ts";
import { embeddedPrograms } from "../postgres/programs.ts";
import { Server } from "../server/server.ts";
import type { Scope } from "../world/scope.ts";
import { count as countUp, type TortureTest } from "./torture-test.ts";

const zones = ["UTC", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "Australia/Lord_Howe", "Europe/Berlin"];

/** Around the hours that are skipped and doubled in these zones, and one that names no zone of ours. */
const instants = [
  "2026-03-08T06:59:59.999999Z",
  "2026-03-08T07:00:00Z",
  "2026-03-29T00:30:00Z",
  "2026-03-29T01:30:00Z",
  "2025-10-26T00:30:00Z",
  "2025-10-26T01:30:00Z",
  "2025-11-02T05:30:00Z",
  "2025-11-02T06:30:00Z",
  "2025-11-02T01:30:00-05:00",
  "2026-04-04T15:15:00Z",
];

/** What a client sees of a fixed sequence of uploads and downloads, without what differs from run to run anyway. */
async function observe(url: string): Promise<string> {
  const client = await RawClient.register(url);
  const seen: unknown[] = [];
  for (const [i, at] of instants.entries()) {
    // Every instant meets every other as a last write on one record, forwards and backwards.
    const order = i % 2 === 0 ? instants : instants.toReversed();
    for (const other of order) {
      const { data, code } = await client.push([{ id: `r${i}`, text: other, clientTimestamp: other }]);
      seen.push(code ?? data?.results.map(({ status, version }) => [status, version]));
    }
    const { data, code } = await client.push([{ id: `s${i}`, text: at, clientTimestamp: at }]);
    const changedAt = data?.results[0]?.changed_at ?? "";
    const since = await client.page(`since=${encodeURIComponent(changedAt)}`);
    seen.push(code, since.data?.changes.length, since.data?.deleted.length);
  }
  const { data } = await client.page("since=1970-01-01T00:00:00Z&limit=1000");
  seen.push(data?.changes.map(({ record_id: id, version, encrypted_record: text }) => [id, version, text]));
  for (const { changed_at: at } of data?.changes ?? []) {
    const { data: rest } = await client.page(`since=${encodeURIComponent(at)}&limit=1000`);
    seen.push(rest?.changes.length);
  }
  return JSON.stringify(seen);
}

export const timeZones: TortureTest = {
  id: "T19",
  title: "time zones of the process and of PostgreSQL, at the hours that clocks change",
  short: 2,
  campaign: zones.length,
  async run({ scope, count, tally }) {
    const cluster = await Cluster.create(scope, { programs: embeddedPrograms() });
    let expected: string | null = null;
    for (let i = 0; i < count; i += 1) {
      const databaseZone = zones[i % zones.length]!;
      await cluster.query(`alter database ${databaseName} set timezone = '${databaseZone}'`);
      await cluster.query(`alter database ${databaseName} set datestyle = '${i % 2 === 0 ? "SQL, DMY" : "ISO"}'`);
      const processZones = count < zones.length ? [zones[(i + 1) % zones.length]!] : zones;
      for (const zone of processZones) {
        const seen = await inZone(scope, cluster, zone);
        expected ??= seen;
        countUp(tally, "pairs of zones");
        if (seen !== expected)
          tally.broken.push(`T19: ${zone} on ${databaseZone} answers otherwise than the first pair`);
      }
      tally.rounds += 1;
    }
  },
};

async function inZone(scope: Scope, cluster: Cluster, zone: string): Promise<string> {
  const server = await Server.start(scope, { databaseUrl: cluster.url(), settings: { TZ: zone } });
  try {
    return await observe(server.url);
  } finally {
    await server.stop();
  }
}
