import { writeFileSync } from "node:fs";
import { Account } from "./account.ts";
import { send } from "./http-client.ts";
import { median } from "./measure.ts";
import { makeRecords, uploadBody } from "./payloads.ts";
import { adminToken, startServer, type BenchServer } from "./start-server.ts";

const minutes = Number(process.env["BENCH_MINUTES"] ?? 10);
const users = 20;
const sampleSeconds = 10;

/** The server's memory under steady load: the same records updated and read again and again. */
const server = await startServer();
try {
  const end = performance.now() + minutes * 60_000;
  const samples: number[] = [];
  const load = Promise.all(Array.from({ length: users }, () => work(server, end)));
  while (performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, sampleSeconds * 1000));
    samples.push(await residentMegabytes(server));
  }
  const requests = (await load).reduce((sum, count) => sum + count, 0);
  report(samples, requests);
} finally {
  await server.stop();
}

async function work({ origin }: BenchServer, end: number): Promise<number> {
  const account = await Account.register(origin);
  let count = 0;
  while (performance.now() < end) {
    await account.upload(uploadBody(makeRecords(100, 250, "m"), account.deviceId, "json"), "json");
    await account.download("cursor=initial&limit=100", count % 4 === 0 ? "cbor" : "json");
    count += 2;
  }
  return count;
}

async function residentMegabytes({ origin }: BenchServer): Promise<number> {
  const reply = await send(`${origin}/metrics`, { headers: { authorization: `Bearer ${adminToken}` } });
  const line = /^process_resident_memory_bytes (\S+)$/m.exec(reply.body.toString());
  if (line === null) throw new Error("the metrics tell no memory");
  return Number(line[1]) / 1024 / 1024;
}

/** Flat: the last third is not above the middle third. */
function report(samples: readonly number[], requests: number): void {
  const third = Math.floor(samples.length / 3);
  const [first, middle, last] = [0, 1, 2].map((i) => median(samples.slice(i * third, (i + 1) * third)));
  const text = [
    "# Memory",
    "",
    `${users} users for ${minutes} minutes, ${requests} requests: uploads of 100 updates and downloads of 100, 250 B each.`,
    `Resident memory of the server process, sampled every ${sampleSeconds} seconds, medians in MB of the first, middle and last third.`,
    "Made by `npm run bench:memory`.",
    "",
    "| first | middle | last | last ÷ middle | most |",
    "|---|---|---|---|---|",
    `| ${first!.toFixed(0)} | ${middle!.toFixed(0)} | ${last!.toFixed(0)} | ${(last! / middle!).toFixed(2)} | ${Math.max(...samples).toFixed(0)} |`,
    "",
  ].join("\n");
  console.log(text);
  writeFileSync(new URL("../results/memory.md", import.meta.url), text);
}
