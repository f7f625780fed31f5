import { indexedDbStore } from "@owlivion/sync-client/indexeddb";
import { storeCases } from "../../../src/store/store.contract.ts";
import type { OutboxRow, RecordRow } from "../../../src/store/rows.ts";
import type { Store, StoreMessage } from "../../../src/store/store.ts";

/** What the tests call in the page. */
export interface StorePage {
  runCase(name: string): Promise<void>;
  open(name: string): Promise<void>;
  get(key: string): Promise<unknown>;
  put(key: string, value: unknown): Promise<void>;
  /** `ok`, or the code of the error. */
  attempt(key: string, bytes: number): Promise<string>;
  hold(): Promise<"held">;
  release(): void;
  tryLock(): Promise<string>;
  waitForLock(): Promise<string>;
  announce(message: StoreMessage): void;
  readonly heard: readonly StoreMessage[];
  writeForEver(): void;
  readonly acknowledged: number;
  /** Position, and what a reader of rows finds. */
  positionAndRows(): Promise<{ position: number; rows: number; newest: number }>;
  seal(): Promise<number[]>;
  unseal(sealed: number[]): Promise<string>;
  estimate(): Promise<{ usedBytes: number | null; availableBytes: number | null }>;
}

const heard: StoreMessage[] = [];
let opened: Store | undefined;
let release = (): void => {};
let acknowledged = 0;

const store = (): Store => {
  if (opened === undefined) throw new Error("open the store first");
  return opened;
};

const codeOf = (error: unknown): string => String((error as { code?: unknown }).code ?? error);

async function writeNext(): Promise<number> {
  return store().write(["records", "meta", "outbox"], async (tx) => {
    const position = (((await tx.get("meta", "position"))?.value as number | undefined) ?? 0) + 1;
    const rows = Array.from({ length: 50 }, (_, row) => record(position, row));
    await tx.put("records", ...rows.slice(0, 25));
    await tx.put("meta", { key: "position", value: position });
    await tx.put("outbox", edit(position));
    await tx.put("records", ...rows.slice(25));
    return position;
  });
}

const page: StorePage = {
  async runCase(name) {
    const found = storeCases.find((entry) => entry.name === name);
    if (found === undefined) throw new Error(`no case ${name}`);
    await found.run(indexedDbStore(name));
  },
  async open(name) {
    opened = await indexedDbStore(name)();
    opened.onMessage((message) => heard.push(message));
  },
  get: (key) => store().read(["meta"], async (tx) => (await tx.get("meta", key))?.value),
  put: (key, value) => store().write(["meta"], (tx) => tx.put("meta", { key, value })),
  attempt: (key, bytes) =>
    store()
      .write(["meta", "collections"], async (tx) => {
        await tx.put("meta", { key: "small", value: key });
        await tx.put("meta", { key, value: crypto.getRandomValues(new Uint8Array(65_536)) });
        for (let at = 0; at * 65_536 < bytes; at++) {
          await tx.put("meta", { key: `${key}/${at}`, value: crypto.getRandomValues(new Uint8Array(65_536)) });
        }
      })
      .then(() => "ok", codeOf),
  hold: () =>
    new Promise((resolve) => {
      void store().exclusively("syncer", async () => {
        resolve("held");
        await new Promise<void>((end) => (release = end));
      });
    }),
  release: () => release(),
  tryLock: async () => (await store().exclusively("syncer", async () => "got it", { ifAvailable: true })) ?? "taken",
  waitForLock: async () => (await store().exclusively("syncer", async () => "got it")) ?? "taken",
  announce: (message) => store().announce(message),
  heard,
  writeForEver() {
    void (async () => {
      for (;;) acknowledged = await writeNext();
    })();
  },
  get acknowledged() {
    return acknowledged;
  },
  positionAndRows: () =>
    store().read(["records", "meta", "outbox"], async (tx) => {
      const position = ((await tx.get("meta", "position"))?.value as number | undefined) ?? 0;
      const records = await tx.scan("records", { prefix: "" });
      const edits = await tx.count("outbox", "");
      if (edits !== position) throw new Error(`${edits} edits at position ${position}`);
      return { position, rows: records.length, newest: Math.max(0, ...records.map((row) => row.version)) };
    }),
  seal: async () => [...(await store().protector.protect(new TextEncoder().encode("secret")))],
  unseal: (sealed) =>
    store()
      .protector.unprotect(new Uint8Array(sealed))
      .then((plain) => new TextDecoder().decode(plain), codeOf),
  estimate: () => store().estimate(),
};

function record(position: number, row: number): RecordRow {
  const recordId = `${String(position).padStart(6, "0")}-${row}`;
  return {
    key: `contacts/${recordId}`,
    recordId,
    kind: "put",
    version: position,
    envelope: new Uint8Array(1200).fill(position & 0xff),
    hash: new Uint8Array(32),
    rev: 1,
    changedAt: "2026-01-02T03:04:05.678Z",
    deviceId: "d",
    generation: 0,
    isCounted: true,
  };
}

function edit(position: number): OutboxRow {
  const recordId = String(position);
  const stamp = { ms: 1, counter: 0, deviceId: "d" } as unknown as OutboxRow["stamp"];
  return {
    key: `contacts/${recordId}`,
    recordId,
    kind: "put",
    edit: position,
    editedAtMs: 1,
    stamp,
    sealed: null,
    held: null,
    confirmation: null,
  };
}

Object.assign(globalThis, { page });
