import { writeFileSync } from "node:fs";
import { Account } from "./account.ts";
import { send } from "./http-client.ts";
import { median } from "./measure.ts";
import { makeRecords, uploadBody } from "./payloads.ts";
import { adminToken, startServer, type BenchServer } from "./start-server.ts";

const minutes = Number(process.env["BENCH_MINUTES"] ?? 10);
const sampleSeconds = 10;

interface Load {
  readonly file: string;
  readonly users: number;
  readonly text: string;
  /** Of the server's process. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Requests until the end. */
  work(server: BenchServer, end: number): Promise<number>;
}

const loads: Record<string, Load> = {
  sync: {
    file: "memory.md",
    users: 20,
    text: "uploads of 100 updates and downloads of 100, 250 B each",
    work: syncAgainAndAgain,
  },
  // As many as the server runs at a time.
  exports: {
    file: "memory-exports.md",
    users: 2,
    text: "exports of 100 records, 250 B each, one after the other, with a heap of at most 80 MB",
    // What is kept shows soon: the process would end.
    settings: { NODE_OPTIONS: "--max-old-space-size=80" },
    work: exportAgainAndAgain,
  },
};
const loadName = process.env["BENCH_LOAD"] ?? "sync";
const chosen = loads[loadName];
if (chosen === undefined) throw new Error(`BENCH_LOAD is one of ${Object.keys(loads).join(", ")}`);

/** The server's memory under steady load: the same again and again. */
const server = await startServer(chosen.settings);
try {
  const end = performance.now() + minutes * 60_000;
  const samples: Sample[] = [];
  const load = Promise.all(Array.from({ length: chosen.users }, () => chosen.work(server, end)));
  while (performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, sampleSeconds * 1000));
    samples.push(await sampleMemory(server));
  }
  const requests = (await load).reduce((sum, count) => sum + count, 0);
  report(chosen, samples, requests);
} finally {
  await server.stop();
}

async function exportAgainAndAgain({ origin }: BenchServer, end: number): Promise<number> {
  const account = await Account.register(origin);
  await account.upload(uploadBody(makeRecords(100, 250, "m"), account.deviceId, "json"), "json");
  let count = 0;
  for (; performance.now() < end; count += 1) await account.export();
  return count;
}

async function syncAgainAndAgain({ origin }: BenchServer, end: number): Promise<number> {
  const account = await Account.register(origin);
  let count = 0;
  while (performance.now() < end) {
    await account.upload(uploadBody(makeRecords(100, 250, "m"), account.deviceId, "json"), "json");
    await account.download("cursor=initial&limit=100", count % 4 === 0 ? "cbor" : "json");
    count += 2;
  }
  return count;
}

/** Megabytes. */
interface Sample {
  readonly resident: number;
  readonly heap: number;
}

async function sampleMemory({ origin }: BenchServer): Promise<Sample> {
  const reply = await send(`${origin}/metrics`, { headers: { authorization: `Bearer ${adminToken}` } });
  const megabytesOf = (name: string): number => {
    const line = new RegExp(`^${name} (\\S+)$`, "m").exec(reply.body.toString());
    if (line === null) throw new Error(`the metrics have no ${name}`);
    return Number(line[1]) / 1024 / 1024;
  };
  return {
    resident: megabytesOf("process_resident_memory_bytes"),
    heap: megabytesOf("nodejs_heap_size_used_bytes"),
  };
}

/** Flat: the last third is not above the middle third. */
function report({ file, users, text: what }: Load, samples: readonly Sample[], requests: number): void {
  const third = Math.floor(samples.length / 3);
  const row = (name: string, values: readonly number[]): string => {
    const [first, middle, last] = [0, 1, 2].map((i) => median(values.slice(i * third, (i + 1) * third)));
    const cells = [first!, middle!, last!].map((value) => value.toFixed(0));
    return `| ${[name, ...cells, (last! / middle!).toFixed(2), Math.max(...values).toFixed(0)].join(" | ")} |`;
  };
  const text = [
    "# Memory",
    "",
    `${users} users for ${minutes} minutes, ${requests} requests: ${what}.`,
    `Memory of the server process, sampled every ${sampleSeconds} seconds, medians in MB of the first, middle and last third.`,
    `Made by \`${loadName === "sync" ? "" : `BENCH_LOAD=${loadName} `}npm run bench:memory\`.`,
    "",
    "| | first | middle | last | last ÷ middle | most |",
    "|---|---|---|---|---|---|",
    row(
      "resident",
      samples.map(({ resident }) => resident),
    ),
    row(
      "heap in use",
      samples.map(({ heap }) => heap),
    ),
    "",
  ].join("\n");
  console.log(text);
  writeFileSync(new URL(`../results/${file}`, import.meta.url), text);
}
