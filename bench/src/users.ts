import { Account } from "./account.ts";
import { makeRecords, uploadBody } from "./payloads.ts";
import { rawPage, RawWriter } from "./raw.ts";
import type { BenchServer } from "./start-server.ts";

const users = 50;
const seconds = Number(process.env["BENCH_SECONDS"] ?? 4);

/** Fifty users at once, each sending its next request when the last was answered. */
export async function measureUsers({ origin, pool }: BenchServer): Promise<string[]> {
  const accounts: Account[] = [];
  for (let i = 0; i < users; i += 1) accounts.push(await Account.register(origin));
  const raws = accounts.map((account) => new RawWriter(pool, account.userId));
  const lines = [`| ${users} users at once | requests/s | raw/s | share of raw |`, "|---|---|---|---|"];
  for (const count of [10, 100]) {
    const batch = makeRecords(count, 250, `u${count}`);
    const bodies = accounts.map((account) => uploadBody(batch, account.deviceId, "json"));
    let n = 0;
    const raw = await rate((i) => rawPage(pool, accounts[i]!.userId, 0, 100));
    lines.push(row(`uploads of ${count}, 250 B`, http, raw));
  }
  const raw = await rate((i) =>
    pool.query("select version from raw_records where user_id = $1 limit 100", [accounts[i]!.userId]),
  );
  lines.push(
    row("downloads of 100, 250 B", await rate((i) => accounts[i]!.download("cursor=initial&limit=100", "json")), raw),
  );
  return lines;
}

const row = (name: string, http: number, raw: number) =>
  `| ${name} | ${http.toFixed(0)} | ${raw.toFixed(0)} | ${((100 * http) / raw).toFixed(0)} % |`;

async function rate(request: (user: number) => Promise<unknown>): Promise<number> {
  const end = performance.now() + seconds * 1000;
  let done = 0;
  await Promise.all(
    Array.from({ length: users }, async (_, user) => {
      while (performance.now() < end) {
        await request(user);
        done += 1;
      }
    }),
  );
  return done / seconds;
}
