import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Api } from "./support/api.ts";
import type { ChangeInput } from "./support/batches.ts";
import { randomStream } from "./support/random.ts";
import { startTestServer, type TestServer } from "./support/server.ts";
import { applyPage, syncClient, type PullQuery, type SyncClient, type Uploaded } from "./support/sync-client.ts";

// Devices read page by page, each in its own form, while others write, delete and bring back, and cleanup runs. What a
// walk ended with must be what the log of accepted changes says for the head at which it ended.

const writingMs = 4_000;
const seed = Number(process.env["TEST_SEED"] ?? 20_260_301);
let server: TestServer;
let api: Api;

beforeAll(async () => {
  server = await startTestServer({ config: { databasePoolWaitMs: 60_000 } });
  api = await Api.of(server.app);
});
afterAll(() => server.close());

/** What the server acknowledged, by version, whoever wrote it. */
class Log {
  readonly changes = new Map<number, { id: string; isDelete: boolean }>();

  add(sent: readonly ChangeInput[], { results }: Uploaded): void {
    for (const [i, result] of results.entries()) {
      if (result.status !== "applied") continue;
      expect(this.changes.has(result.version!)).toBe(false);
      this.changes.set(result.version!, { id: sent[i]!.id, isDelete: sent[i]!.type === "delete" });
    }
  }

  /** Versions by record id, as they were at a version. */
  stateAt(version: number): Map<string, number> {
    const state = new Map<string, number>();
    for (let v = 1; v <= version; v += 1) {
      const change = this.changes.get(v);
      if (change === undefined) throw new Error(`no change has version ${v}`);
      if (change.isDelete) state.delete(change.id);
      else state.set(change.id, v);
    }
    return state;
  }
}

interface Walk {
  readonly state: Map<string, number>;
  readonly head: number;
}

/** What a reader found out; null: what it asked for has been purged, it was told, and starts again. */
type Reader = (client: SyncClient, random: () => number) => Promise<Walk | null>;

const limitOf = (random: () => number) => 1 + Math.floor(random() * 12);
const start = "1970-01-01T00:00:00Z";

async function walkByCursor(
  client: SyncClient,
  query: PullQuery,
  state = new Map<string, number>(),
): Promise<Walk | null> {
  for (let at = query, pages = 1; ; pages += 1) {
    const { status, code, data } = await client.pull(at);
    if (status === 410) {
      expect(["CURSOR_EXPIRED", "HISTORY_EXPIRED"]).toContain(code);
      return null;
    }
    expect([status, code]).toEqual([200, null]);
    applyPage(state, data);
    if (!data.pagination.has_more) return { state, head: data.as_of ?? data.head };
    expect(pages).toBeLessThan(5000);
    at = { cursor: data.next_cursor, limit: query.limit! };
  }
}

/** From the time at which a whole walk began, forward by offsets. */
async function walkBySince(
  client: SyncClient,
  random: () => number,
  step: "next_offset" | "limit",
): Promise<Walk | null> {
  const limit = limitOf(random);
  const { next_since } = await client.since({ since: "2199-01-01T00:00:00Z" });
  const base = await walkByCursor(client, { cursor: "initial", limit: 1000 });
  if (base === null) return null;
  for (let offset = 0, pages = 1; ; pages += 1) {
    const { status, code, data } = await client.pull({ since: next_since, limit, offset });
    if (status === 410) return null;
    expect([status, code]).toEqual([200, null]);
    applyPage(base.state, data);
    if (!data.pagination.has_more) return { state: base.state, head: data.head };
    expect(pages).toBeLessThan(5000);
    offset = step === "limit" ? offset + limit : (data.pagination as { next_offset: number }).next_offset;
  }
}

function followingCursor(): Reader {
  let cursor = "initial";
  let state = new Map<string, number>();
  return async (client, random) => {
    for (;;) {
      const { status, data } = await client.pull({ cursor, limit: limitOf(random) });
      if (status === 410) {
        cursor = "initial";
        state = new Map();
        return null;
      }
      applyPage(state, data);
      cursor = data.next_cursor;
      if (!data.pagination.has_more) return { state: new Map(state), head: data.head };
    }
  };
}

const readers: Record<string, () => Reader> = {
  "a first download": () => (client, random) => walkByCursor(client, { cursor: "initial", limit: limitOf(random) }),
  "a resync with tombstones": () => (client, random) =>
    walkByCursor(client, { cursor: "initial", tombstones: true, limit: limitOf(random) }),
  "one cursor for ever": followingCursor,
  "since and next_offset": () => (client, random) => walkBySince(client, random, "next_offset"),
  "since and adding the limit": () => (client, random) => walkBySince(client, random, "limit"),
  as_of: () => async (client, random) => {
    const { head } = await client.page({ cursor: "initial", limit: 1 });
    if (head === 0) return null;
    const asOf = Math.max(1, head - Math.floor(random() * 40));
    return walkByCursor(client, { cursor: "initial", as_of: String(asOf), limit: limitOf(random) });
  },
};

test("R15 R16 R17 R20 S13 S24 S26 S27 nobody who reads page by page misses a record", async () => {
  const account = await server.register();
  const device = async () => syncClient(api, await server.signIn(account, { device_id: randomUUID() }));
  const random = randomStream(seed);
  const log = new Log();
  const walks: { name: string; walk: Walk }[] = [];
  let isWriting = true;
  setTimeout(() => (isWriting = false), writingMs);
  const whileWriting = async (work: () => Promise<void>) => {
    while (isWriting) await work();
    await work();
  };

  const changesOf = (count: number): ChangeInput[] =>
    Array.from({ length: count }, () => {
      const id = `r${Math.floor(random() * 80)}`;
      return random() < 0.35 ? { id, type: "delete" } : { id, text: `${random()}` };
    });
  const write = (writer: SyncClient) =>
    whileWriting(async () => {
      const changes = changesOf(1 + Math.floor(random() * 8));
      log.add(changes, await writer.accepted(changes));
    });
  const cleanUp = () =>
    whileWriting(async () => {
      const { pool } = server.database;
      await pool.query(
        "update deleted_records set expires_at = 'epoch' where user_id = $1 and deleted_at < clock_timestamp() - interval '300 ms'",
        [account.userId],
      );
      await pool.query("select cleanup_expired_deleted_records()");
      await pool.query("select cleanup_old_changes('300 ms')");
    });
  const read = async (name: string, reader: Reader) => {
    const client = await device();
    for (let hasEnded = false; isWriting || !hasEnded;) {
      const walk = await reader(client, random);
      if (walk === null) continue;
      walks.push({ name, walk });
      hasEnded = true;
    }
  };
  /** Pushes its own changes and lives on what the replies bring. */
  const pushAndRead = async () => {
    const client = await device();
    let { state, cursor } = await client.walk({ cursor: "initial" });
    let head = 0;
    await whileWriting(async () => {
      const changes = changesOf(2);
      const { status, code, data } = await client.push(changes, { cursor });
      if (status === 410) {
        expect(code).toBe("CURSOR_EXPIRED");
        ({ state, cursor } = await client.walk({ cursor: "initial" }));
        return;
      }
      log.add(changes, data);
      applyPage(state, data.delta!);
      for (const [i, { record_id, version, status: outcome }] of data.results.entries()) {
        if (outcome === "conflict" || (state.get(record_id) ?? 0) > version!) continue;
        if (changes[i]!.type === "delete") state.delete(record_id);
        else state.set(record_id, version!);
      }
      cursor = data.next_cursor!;
      head = data.version;
      if (data.delta!.has_more) ({ state, cursor } = await client.walk({ cursor }, state));
      else walks.push({ name: "push with a cursor", walk: { state: new Map(state), head } });
    });
  };

  const writers = [await device(), await device()];
  await Promise.all([
    ...writers.map(write),
    cleanUp(),
    pushAndRead(),
    ...Object.entries(readers).map(([name, make]) => read(name, make())),
  ]);

  for (const { name, walk } of walks) {
    expect([name, walk.head, new Map([...walk.state].toSorted())]).toEqual([
      name,
      walk.head,
      new Map([...log.stateAt(walk.head)].toSorted()),
    ]);
  }
  // Each form got to its end, in spite of the cleanup or after it.
  const ended = new Set(walks.map(({ name }) => name));
  expect([...ended].toSorted()).toEqual([...Object.keys(readers), "push with a cursor"].toSorted());
});

test("R21 S23 S26 whoever reads /deleted misses no tombstone that was there all the time", async () => {
  const account = await server.register();
  const writer = syncClient(api, account);
  const reader = syncClient(api, await server.signIn(account, { device_id: randomUUID() }));
  const random = randomStream(seed);
  await writer.accepted(Array.from({ length: 200 }, (_, i) => ({ id: `d${i}`, type: "delete" as const })));
  let isWriting = true;
  setTimeout(() => (isWriting = false), 1_500);
  const revived = new Set<string>();

  const write = async () => {
    while (isWriting) {
      const id = `d${Math.floor(random() * 100)}`; // the other hundred stays
      revived.add(id);
      await writer.accepted([{ id, text: "back" }]);
      await writer.accepted([{ id, type: "delete" }]);
    }
  };
  const read = async () => {
    while (isWriting) {
      const seen = new Set<string>();
      const limit = limitOf(random) + 10;
      for (let offset = 0; ;) {
        const { status, data } = await reader.deleted({ since: start, limit, offset });
        expect(status).toBe(200);
        for (const { record_id } of data.deleted) seen.add(record_id);
        if (!data.pagination.has_more) break;
        offset = random() < 0.5 ? data.pagination.next_offset! : offset + limit;
      }
      for (let i = 100; i < 200; i += 1) expect(seen).toContain(`d${i}`);
    }
  };
  await Promise.all([write(), read()]);
  expect(revived.size).toBeGreaterThan(0);
});
