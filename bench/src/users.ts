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
  const lines = [`| ${users} users at once, 250 B | requests/s | raw/s | share of raw |`, "|---|---|---|---|"];
  const add = (name: string, http: number, raw: number) =>
    lines.push(`| ${name} | ${http.toFixed(0)} | ${raw.toFixed(0)} | ${((100 * http) / raw).toFixed(0)} % |`);

  for (const count of [10, 100]) {
    const batch = makeRecords(count, 250, `u${count}`);
    for (const raw of raws) await raw.insert(batch);
    const bodies = Array.from({ length: 8 }, (_, n) =>
      accounts.map(({ deviceId }) =>
        uploadBody(makeRecords(count, 250, `u${count}`), deviceId, n % 2 ? "cbor" : "json"),
      ),
    );
    const raw = await rate((user) => raws[user]!.update(batch));
    // Other content each time: what is unchanged would cost next to nothing.
    const http = await rate((user, n) =>
      accounts[user]!.upload(bodies[n % bodies.length]![user]!, n % 2 === 1 ? "cbor" : "json"),
    );
    add(`uploads of ${count} updates`, http, raw);
  }
  const raw = await rate((user) => rawPage(pool, accounts[user]!.userId, 0, 100));
  const http = await rate((user) => accounts[user]!.download("cursor=initial&limit=100", "json"));
  add("downloads of 100", http, raw);
  return lines;
}

async function rate(request: (user: number, n: number) => Promise<unknown>): Promise<number> {
  const end = performance.now() + seconds * 1000;
  let done = 0;
  await Promise.all(
    Array.from({ length: users }, async (_, user) => {
      for (let n = 0; performance.now() < end; n += 1) {
        await request(user, n);
        done += 1;
      }
    }),
  );
  return done / seconds;
}
