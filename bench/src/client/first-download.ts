import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { median } from "../measure.ts";
import { decryptAll } from "./decrypt-raw.ts";
import { type BenchDevice, openDevice } from "./devices.ts";
import { password } from "./password.ts";
import { downloadRaw, type RawRow } from "./raw-download.ts";

export interface FirstDownload {
  readonly records: number;
  readonly engineMs: number;
  readonly rawMs: { readonly download: number; readonly decrypt: number; readonly insert: number };
}

/** A new device's first download into SQLite, beside the three things it cannot do without: bytes, decryption, inserts. */
export async function measureFirstDownload(origin: string, writer: BenchDevice, email: string): Promise<FirstDownload> {
  const rounds = Number(process.env["BENCH_ROUNDS"] ?? 5);
  const engine: number[] = [];
  const raw = { download: [] as number[], decrypt: [] as number[], insert: [] as number[] };
  const records = await writer.sync.collection("contacts").count();
  for (let round = -1; round < rounds; round += 1) {
    const { rows, ms } = await downloadRaw(origin, email);
    const decrypt = timed(() => decryptAll(rows));
    const insert = timed(() => insertAll(rows));
    const engineMs = await timedEngine(origin, email, records);
    if (round < 0) continue;
    raw.download.push(ms);
    raw.decrypt.push(decrypt);
    raw.insert.push(insert);
    engine.push(engineMs);
  }
  return {
    records,
    engineMs: median(engine),
    rawMs: { download: median(raw.download), decrypt: median(raw.decrypt), insert: median(raw.insert) },
  };
}

async function timedEngine(origin: string, email: string, records: number): Promise<number> {
  const device = await openDevice(origin);
  try {
    await device.sync.signIn({ email, password });
    const start = performance.now();
    await device.sync.syncNow();
    const ms = performance.now() - start;
    const count = await device.sync.collection("contacts").count();
    if (count !== records) throw new Error(`${count} of ${records} records arrived`);
    return ms;
  } finally {
    await device.close();
  }
}

function timed(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function insertAll(rows: readonly RawRow[]): void {
  const directory = mkdtempSync(join(tmpdir(), "owlivion-bench-raw-"));
  const database = new DatabaseSync(join(directory, "raw.sqlite"));
  try {
    database.exec("pragma journal_mode = wal; pragma synchronous = full");
    database.exec("create table records (id text primary key, version integer, envelope blob) without rowid");
    const insert = database.prepare("insert into records values (?, ?, ?)");
    for (let at = 0; at < rows.length; at += 1000) {
      database.exec("begin immediate");
      for (const { id, version, envelope } of rows.slice(at, at + 1000)) insert.run(id, version, envelope);
      database.exec("commit");
    }
  } finally {
    database.close();
    rmSync(directory, { recursive: true, force: true });
  }
}
