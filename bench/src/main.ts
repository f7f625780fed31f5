import { Account } from "./account.ts";
import { interleave, median } from "./measure.ts";
import { makeRecords, uploadBody } from "./payloads.ts";
import { createRawTable, rawPage, RawWriter } from "./raw.ts";
import { report, type Row } from "./report.ts";
import { seedCollection } from "./seed-collection.ts";
import { startServer, type BenchServer } from "./start-server.ts";
import { measureUsers } from "./users.ts";

const rounds = Number(process.env["BENCH_ROUNDS"] ?? 40);
const goals = { uploadNew1000: 3, update1000: 4, uploadNew100: 4.5, page1000: 3.2 };

const server = await startServer();
try {
  await createRawTable(server.pool);
  await warmUp(server);
  const rows: Row[] = [];
  for (const bytes of [250, 5 * 1024]) {
    rows.push(...(await measureUploads(server, bytes)), ...(await measureDownloads(server, bytes)));
  }
  const extra = [...(await measureDepth(server)), ...(await measureUsers(server))];
  report(rows, extra, server.version);
} finally {
  await server.stop();
}

/** A server that has just started compiles as it goes; what is measured is one that runs. */
async function warmUp({ origin }: BenchServer): Promise<void> {
  const account = await Account.register(origin);
  for (let i = 0; i < 300; i += 1) {
    const wire = i % 2 === 0 ? "json" : "cbor";
    await account.upload(uploadBody(makeRecords(100, 250, `w${i % 3}`), account.deviceId, wire), wire);
    await account.download("cursor=initial&limit=100", wire);
  }
}

async function measureUploads({ origin, pool }: BenchServer, bytes: number): Promise<Row[]> {
  const rows: Row[] = [];
  for (const count of [100, 1000]) {
    const raw = new RawWriter(pool, crypto.randomUUID());
    const [json, cbor] = [await Account.register(origin), await Account.register(origin)];
    const n = Math.ceil(count === 1000 && bytes > 1000 ? rounds / 2 : rounds);
    const fresh = (round: number) => makeRecords(count, bytes, `r${round}`);
    const batches = Array.from({ length: n * 2 + 8 }, (_, round) => {
      const records = fresh(round);
      return {
        records,
        json: uploadBody(records, json.deviceId, "json"),
        cbor: uploadBody(records, cbor.deviceId, "cbor"),
      };
    });
    const wire = { json: batches[0]!.json.length / count, cbor: batches[0]!.cbor.length / count };
    const size = bytes === 250 ? "250 B" : "5 KB";
    const inserted = await interleave(n, {
      raw: (round) => raw.insert(batches[round]!.records),
      json: (round) => json.upload(batches[round]!.json, "json"),
      cbor: (round) => cbor.upload(batches[round]!.cbor, "cbor"),
    });
    const goal = bytes === 250 ? (count === 1000 ? goals.uploadNew1000 : goals.uploadNew100) : undefined;
    rows.push({ name: `${size}: upload ${count} new`, ...inserted, wire, ...(goal === undefined ? {} : { goal }) });

    // The same thousand records again and again, with other content each time.
    const again = Array.from({ length: n * 2 + 8 }, () => {
      const records = makeRecords(count, bytes, "r0");
      return {
        records,
        json: uploadBody(records, json.deviceId, "json"),
        cbor: uploadBody(records, cbor.deviceId, "cbor"),
      };
    });
    const updated = await interleave(n, {
      raw: (round) => raw.update(again[round]!.records),
      json: (round) => json.upload(again[round]!.json, "json"),
      cbor: (round) => cbor.upload(again[round]!.cbor, "cbor"),
    });
    const updateGoal = bytes === 250 && count === 1000 ? goals.update1000 : undefined;
    rows.push({
      name: `${size}: upload ${count} updates`,
      ...updated,
      wire,
      ...(updateGoal === undefined ? {} : { goal: updateGoal }),
    });
  }
  return rows;
}

async function measureDownloads({ origin, pool }: BenchServer, bytes: number): Promise<Row[]> {
  const account = await Account.register(origin);
  for (let i = 0; i < 10; i += 1) {
    await account.upload(uploadBody(makeRecords(1000, bytes, `p${i}`), account.deviceId, "cbor"), "cbor");
  }
  await pool.query("vacuum analyze sync_data_changes");
  const rows: Row[] = [];
  for (const count of [100, 1000, 10_000]) {
    const pages = Math.max(1, count / 1000);
    const walk = async (wire: "json" | "cbor") => {
      let query = `cursor=initial&limit=${count / pages}`;
      let size = 0;
      for (let page = 0; page < pages; page += 1) {
        const body = await account.download(query, wire);
        size += body.length;
        if (pages > 1) query = `cursor=${nextCursor(body)}&limit=1000`;
      }
      return size;
    };
    const wire = { json: (await walk("json")) / count, cbor: (await walk("cbor")) / count };
    const times = await interleave(count === 10_000 ? Math.ceil(rounds / 4) : rounds, {
      raw: async () => {
        for (let page = 0; page < pages; page += 1) await rawPage(pool, account.userId, page * 1000, count / pages);
      },
      json: () => walk("json"),
      cbor: () => walk("cbor"),
    });
    const goal = bytes === 250 && count === 1000 ? goals.page1000 : undefined;
    const name = `${bytes === 250 ? "250 B" : "5 KB"}: download ${count}${pages > 1 ? ` in ${pages} pages` : ""}`;
    rows.push({ name, ...times, wire, ...(goal === undefined ? {} : { goal }) });
  }
  return rows;
}

/** Out of either wire form, without decoding the page: in CBOR the text follows its length, in JSON its quote. */
function nextCursor(body: Buffer): string {
  const at = body.lastIndexOf("next_cursor") + "next_cursor".length;
  const isCbor = body[at] === 0x78;
  const start = at + (isCbor ? 2 : 3);
  return body.toString("latin1", start, isCbor ? start + body[at + 1]! : body.indexOf('"', start));
}

/** By cursor, a small page costs the same in a collection of any size. */
async function measureDepth({ origin, pool }: BenchServer): Promise<string[]> {
  const [small, large] = [await Account.register(origin), await Account.register(origin)];
  const ends = new Map<Account, string>();
  for (const [account, count] of [
    [small, 1000],
    [large, 1_000_000],
  ] as const) {
    ends.set(account, await seedCollection(account, pool, count));
  }
  const times = await interleave(rounds * 2, {
    small: () => small.download(`cursor=${ends.get(small)}&limit=100`, "json"),
    large: () => large.download(`cursor=${ends.get(large)}&limit=100`, "json"),
  });
  const [a, b] = [median(times.small), median(times.large)];
  return [
    `The last page of 100 by cursor: ${a.toFixed(2)} ms in a collection of 1,000 records, ${b.toFixed(2)} ms in one of 1,000,000: × ${(b / a).toFixed(2)} (goal ≤ 1.5).`,
  ];
}
