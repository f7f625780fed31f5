import { openSync } from "@owlivion/sync-client";
import { indexedDbStore } from "@owlivion/sync-client/indexeddb";
import { decryptAll } from "../client/decrypt-raw.ts";
import { password } from "../client/password.ts";
import { downloadRaw, type RawRow } from "../client/raw-download.ts";
import { median } from "../measure.ts";
import type { WebRound } from "./web-round.ts";

const lists = 5;

/** One first download by the SDK, and the three things it cannot do without; then the list, and the rows behind it. */
async function measure(url: string, email: string): Promise<WebRound> {
  const { rows, ms: downloadMs } = await downloadRaw(url, email);
  const decryptMs = await timed(() => decryptAll(rows));
  const insertMs = await timed(() => insertAll(rows));
  const name = `bench-${crypto.randomUUID()}`;
  const sync = await openSync({ url, store: indexedDbStore(name), platform: "web" });
  await sync.signIn({ email, password });
  const contacts = sync.collection("contacts");
  const engineMs = await timed(() => sync.syncNow());
  const records = await contacts.count();
  const listMs: number[] = [];
  const rowsMs: number[] = [];
  for (let i = 0; i < lists; i += 1) {
    listMs.push(await timed(() => contacts.list()));
    rowsMs.push(await timed(() => readRows(name)));
  }
  await sync.close();
  await answer(indexedDB.deleteDatabase(name));
  return { records, downloadMs, decryptMs, insertMs, engineMs, listMs: median(listMs), rowsMs: median(rowsMs) };
}

async function timed(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function insertAll(rows: readonly RawRow[]): Promise<void> {
  const name = `raw-${crypto.randomUUID()}`;
  const opening = indexedDB.open(name, 1);
  opening.addEventListener("upgradeneeded", () => opening.result.createObjectStore("records", { keyPath: "id" }));
  const db = await answer(opening);
  for (let at = 0; at < rows.length; at += 1000) {
    const tx = db.transaction("records", "readwrite", { durability: "strict" });
    for (const row of rows.slice(at, at + 1000)) tx.objectStore("records").put(row);
    await new Promise((resolve, reject) => {
      tx.addEventListener("complete", resolve);
      tx.addEventListener("abort", () => reject(tx.error));
    });
  }
  db.close();
  await answer(indexedDB.deleteDatabase(name));
}

async function readRows(name: string): Promise<void> {
  const db = await answer(indexedDB.open(name));
  await answer(db.transaction("views").objectStore("views").getAll(IDBKeyRange.bound("contacts/", "contacts0")));
  db.close();
}

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error));
  });
}

Object.assign(globalThis, { measure });
