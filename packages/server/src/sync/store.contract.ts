import { randomUUID } from "node:crypto";
import { formatInstant, parseInstant, type DownloadDeltaQuery, type Micros } from "@owlivion/sync-protocol";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { batchOf, type ChangeInput } from "../../test/support/batches.ts";
import { CursorCodec } from "./cursor.ts";
import { downloadDeleted } from "./download-deleted.ts";
import { downloadDelta, type SinceReply } from "./download-delta.ts";
import { recordHistory } from "./record-history.ts";
import type { CollectionKey, DeltaStore } from "./store.ts";
import { renderUpload } from "./render-upload.ts";
import { uploadDelta } from "./upload-delta.ts";

/** What the contract needs of a store beside its interface. */
export interface StoreUnderTest {
  readonly store: DeltaStore;
  /** Both stores read this clock. */
  readonly clock: { now: Micros };
  newAccount(): Promise<string>;
  /** Purges live tombstones up to a version, as retention would. */
  sweepTombstones(key: CollectionKey, upTo: number): Promise<void>;
  /** Purges what changes up to a version replaced. */
  sweepHistory(key: CollectionKey, upTo: number): Promise<void>;
  close(): Promise<void>;
}

export const deviceA = "aaaaaaaa-0000-4000-8000-000000000000";
export const deviceB = "bbbbbbbb-0000-4000-8000-000000000000";
const second = 1_000_000;

/** A person's view of a store: pushes and pulls of one collection through the same functions as the routes. */
export function clientOf(store: DeltaStore, key: CollectionKey, quota = { maxRecords: 1000, maxBytes: 1_000_000_000 }) {
  const cursors = new CursorCodec(Buffer.alloc(32, 1));
  return {
    key,
    async push(
      changes: readonly ChangeInput[],
      options: { device?: string; idempotencyKey?: string; epoch?: string; cursor?: string; hash?: string } = {},
    ) {
      const { device = deviceA, epoch, cursor, idempotencyKey } = options;
      const batch = batchOf(device, changes, epoch === undefined ? {} : { epoch });
      const requestHash = Buffer.from(options.hash ?? JSON.stringify(changes));
      const request = {
        ...key,
        batch,
        idempotency: idempotencyKey === undefined ? null : { key: idempotencyKey, requestHash },
      };
      const opened = cursor === undefined ? null : cursors.open(cursor, key.userId, key.dataType);
      const result = await uploadDelta(store, request, opened, quota);
      const next = result.delta === null ? null : cursors.seal(result.delta.next, key.userId, key.dataType);
      return renderUpload(request, result, next, "json");
    },
    pull: (query: DownloadDeltaQuery) => downloadDelta({ store, cursors }, key, query, "json"),
    async since(query: DownloadDeltaQuery & { since: string }) {
      const page = await this.pull(query);
      if (!isSincePage(page)) throw new Error("not a page by time");
      return page;
    },
    deleted: (query: { since: string; limit?: number; offset?: number }) => downloadDeleted(store, key, query, "json"),
    history: (id: string, query: { before?: number; limit?: number } = {}) =>
      recordHistory(store, key, id, query, "json"),
    /** Follows the cursor to the end; answers the state it leads to and the last cursor. */
    async walk(query: DownloadDeltaQuery, state = new Map<string, number>()) {
      let page = await this.pull(query);
      for (let pages = 1; ; pages += 1) {
        for (const row of page.changes) state.set(row.record_id, row.version);
        for (const row of page.deleted) state.delete(row.record_id);
        if (!page.pagination.has_more) return { state, cursor: page.next_cursor, pages };
        if (pages > 200) throw new Error("the walk does not end");
        page = await this.pull({
          cursor: page.next_cursor,
          ...(query.limit === undefined ? {} : { limit: query.limit }),
        });
      }
    },
  };
}

const isSincePage = (page: Awaited<ReturnType<typeof downloadDelta>>): page is SinceReply => "next_since" in page;

const code = (promise: Promise<unknown>) =>
  promise.then(
    () => "no error",
    (error: { code?: string }) => error.code,
  );

/** Every store of the delta protocol behaves like this (rules of docs/protocol.md). */
export function describeDeltaStore(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(name, () => {
    let under: StoreUnderTest;
    let client: ReturnType<typeof clientOf>;
    beforeAll(async () => {
      under = await open();
    });
    afterAll(() => under.close());
    beforeEach(async () => {
      under.clock.now += 3600 * second;
      client = clientOf(under.store, { userId: await under.newAccount(), dataType: "contacts" });
    });
    const versions = (rows: readonly { version: number }[]) => rows.map((row) => row.version);
    const epoch = async () => (await client.pull({ cursor: "initial" })).epoch;

    test("R1 versions are consecutive over batches, and pages come in their order", async () => {
      await client.push([
        { id: "a", text: "1" },
        { id: "b", text: "1" },
      ]);
      await client.push([
        { id: "c", text: "1" },
        { id: "a", text: "2" },
      ]);
      const page = await client.pull({ cursor: "initial" });
      expect(page.changes.map((row) => [row.record_id, row.version, row.change_type])).toEqual([
        ["b", 2, "insert"],
        ["c", 3, "insert"],
        ["a", 4, "update"],
      ]);
      expect(page.head).toBe(4);
    });

    test("R1 concurrent batches each take versions of their own (S14, S15)", async () => {
      const pushes = Array.from({ length: 16 }, (_, i) =>
        client.push([{ id: "a", text: `${i}`, base: 0 }], { epoch: undefined as never }),
      );
      const codes = await Promise.all(pushes.map(code));
      expect(new Set(codes)).toEqual(new Set(["EPOCH_REQUIRED"]));
      const now = await epoch();
      const replies = await Promise.all(
        Array.from({ length: 16 }, (_, i) =>
          client.push(
            [
              { id: "a", text: `${i}`, base: 0 },
              { id: `r${i}`, text: "x", base: 0 },
            ],
            { epoch: now },
          ),
        ),
      );
      expect(replies.filter((reply) => reply.conflict_count === 0)).toHaveLength(1);
      const all = replies.flatMap((reply) => reply.results.flatMap((r) => (r.status === "applied" ? [r.version] : [])));
      expect(all.toSorted((x, y) => x - y)).toEqual(Array.from({ length: 17 }, (_, i) => i + 1));
    });

    test("R3 changed_at grows by a microsecond a version", async () => {
      const reply = await client.push([
        { id: "a", text: "1" },
        { id: "b", text: "1" },
      ]);
      expect(reply.results.map((r) => ("changed_at" in r ? r.changed_at : null))).toEqual([
        formatInstant(under.clock.now),
        formatInstant(under.clock.now + 1),
      ]);
      under.clock.now -= 1000 * second;
      const back = await client.push([{ id: "c", text: "1" }]);
      expect(back.results[0]).toMatchObject({ changed_at: formatInstant(under.clock.now + 1000 * second + 2) });
    });

    test("R2 a deletion leaves a tombstone; a later put revives; each record is once in the state", async () => {
      await client.push([{ id: "a", text: "1" }]);
      await client.push([{ id: "a", type: "delete" }]);
      let page = await client.pull({ cursor: "initial", tombstones: true });
      expect([page.changes, versions(page.deleted)]).toEqual([[], [2]]);
      await client.push([{ id: "a", text: "3" }]);
      page = await client.pull({ cursor: "initial", tombstones: true });
      expect([versions(page.changes), page.deleted]).toEqual([[3], []]);
      expect(page.changes[0]?.change_type).toBe("insert");
      await client.push([{ id: "a", type: "delete" }]);
      page = await client.pull({ cursor: "initial", tombstones: true });
      expect(versions(page.deleted)).toEqual([4]);
    });

    test("R2 a sealed deletion keeps its envelope in the tombstone and in the history", async () => {
      await client.push([
        { id: "a", text: "1" },
        { id: "a", type: "delete", text: "sealed" },
      ]);
      const page = await client.pull({ cursor: "initial", tombstones: true });
      const sealed = Buffer.from("sealed").toString("base64");
      expect(page.deleted[0]).toMatchObject({ encrypted_record: sealed });
      expect((await client.history("a")).history).toMatchObject([
        { change_type: "delete", encrypted_record: sealed },
        { change_type: "insert" },
      ]);
    });

    test("R9 conflicts tell what stands; the other changes of the batch commit", async () => {
      await client.push([
        { id: "a", text: "server" },
        { id: "d", text: "x" },
        { id: "d", type: "delete" },
      ]);
      const reply = await client.push(
        [
          { id: "a", text: "mine", base: 9 },
          { id: "b", text: "new", base: 0 },
          { id: "d", text: "y", base: 0 },
          { id: "z", text: "q", base: 4 },
        ],
        { epoch: await epoch() },
      );
      expect(reply).toMatchObject({ processed_count: 1, conflict_count: 3, version: 4 });
      expect(reply.conflicts).toMatchObject([
        {
          index: 0,
          record_id: "a",
          reason: "STALE",
          server_version: 1,
          current: { change_type: "insert", version: 1 },
        },
        { index: 2, record_id: "d", reason: "EXISTS", server_version: 3, current: { deleted_at: expect.any(String) } },
        { index: 3, record_id: "z", reason: "STALE", server_version: null, server_timestamp: null, current: null },
      ]);
    });

    test("R14 a record that conflicts many times is sent once", async () => {
      await client.push([{ id: "big", text: "x".repeat(1000) }]);
      const changes = Array.from({ length: 50 }, () => ({ id: "big", type: "delete" as const, base: 99 }));
      const { conflicts } = await client.push(changes, { epoch: await epoch() });
      expect(conflicts?.map(({ current, truncated }) => [current === null, truncated])).toEqual([
        [false, undefined],
        ...Array.from({ length: 49 }, () => [true, true]),
      ]);
    });

    test("R6 an unchanged deletion raises the stamp, so that the order of arrival does not decide", async () => {
      const at = (s: number) => formatInstant(under.clock.now - (100 - s) * second);
      await client.push([{ id: "a", type: "delete", at: at(10) }]);
      const again = await client.push([{ id: "a", type: "delete", at: at(20) }], { device: deviceB });
      expect(again.results).toEqual([{ record_id: "a", status: "unchanged", version: 1 }]);
      expect((await client.push([{ id: "a", text: "x", at: at(15) }])).conflicts?.[0]).toMatchObject({
        reason: "OLDER",
        server_timestamp: at(20),
      });
    });

    test("R11 a retry gets the same results, whatever happened since", async () => {
      const changes: ChangeInput[] = [
        { id: "a", text: "1", nonce: Buffer.alloc(12, 1) },
        { id: "b", text: "1", nonce: Buffer.alloc(12, 1) },
      ];
      const first = await client.push(changes, { idempotencyKey: "k" });
      await client.push(
        [
          { id: "a", text: "other" },
          { id: "b", type: "delete" },
        ],
        { device: deviceB },
      );
      const replay = await client.push(changes, { idempotencyKey: "k" });
      expect(JSON.stringify(replay.results)).toBe(JSON.stringify(first.results));
      expect(replay).toMatchObject({ version: first.version, synced_at: first.synced_at });
      expect((await client.pull({ cursor: "initial" })).head).toBe(4);
    });

    test("R11 a key with another body is refused; of another device it is another key; nothing applied is not kept", async () => {
      await client.push([{ id: "a", text: "1" }], { idempotencyKey: "k" });
      expect(await code(client.push([{ id: "a", text: "2" }], { idempotencyKey: "k" }))).toBe("IDEMPOTENCY_KEY_REUSED");
      expect((await client.push([{ id: "a", text: "2" }], { idempotencyKey: "k", device: deviceB })).version).toBe(2);
      const now = await epoch();
      const stale = { idempotencyKey: "s", epoch: now, hash: "same" };
      expect((await client.push([{ id: "a", text: "3", base: 1 }], stale)).conflict_count).toBe(1);
      expect((await client.push([{ id: "a", text: "3", base: 2 }], stale)).conflict_count).toBe(0);
    });

    test("R11 concurrent twins of one batch are applied once", async () => {
      const twins = await Promise.all(
        Array.from({ length: 8 }, () =>
          client.push([{ id: "a", text: "1", nonce: Buffer.alloc(12) }], { idempotencyKey: "k" }),
        ),
      );
      expect(new Set(twins.map((reply) => JSON.stringify(reply.results))).size).toBe(1);
      expect((await client.pull({ cursor: "initial" })).head).toBe(1);
    });

    test("R12 a push with a cursor brings what others wrote, without its own", async () => {
      await client.push([{ id: "a", text: "1" }]);
      const { cursor } = await client.walk({ cursor: "initial" });
      await client.push(
        [
          { id: "b", text: "1" },
          { id: "c", text: "1" },
          { id: "a", type: "delete" },
        ],
        { device: deviceB },
      );
      under.clock.now += second;
      const reply = await client.push(
        [
          { id: "c", text: "2" },
          { id: "d", text: "1" },
        ],
        { cursor },
      );
      expect(reply.delta?.changes.map((row) => row.record_id)).toEqual(["b"]);
      expect(reply.delta?.deleted.map((row) => row.record_id)).toEqual(["a"]);
      const after = await client.pull({ cursor: reply.next_cursor! });
      expect([after.changes, after.deleted, after.pagination.has_more]).toEqual([[], [], false]);
      await client.push([{ id: "e", text: "1" }]);
      expect(versions((await client.pull({ cursor: reply.next_cursor! })).changes)).toEqual([7]);
    });

    test("R12 a replayed push brings what is new now, still without its own", async () => {
      const { cursor } = await client.walk({ cursor: "initial" });
      const own: ChangeInput[] = [{ id: "a", text: "1", nonce: Buffer.alloc(12) }];
      await client.push(own, { cursor, idempotencyKey: "k" });
      await client.push([{ id: "b", text: "1" }], { device: deviceB });
      const replay = await client.push(own, { cursor, idempotencyKey: "k" });
      expect(replay.delta?.changes.map((row) => row.record_id)).toEqual(["b"]);
      expect((await client.pull({ cursor: replay.next_cursor! })).changes).toEqual([]);
    });

    test("R15 pages of any size lead to the same state, and the cursor goes on from there", async () => {
      for (let i = 0; i < 9; i += 1) {
        await client.push([
          { id: `r${i % 5}`, text: `${i}` },
          { id: `s${i}`, text: "x" },
          { id: `s${i - 1}`, type: "delete" },
        ]);
      }
      const states = [];
      for (const limit of [1, 2, 3, 7, 100]) {
        for (const tombstones of [true, false]) {
          const walk = await client.walk({ cursor: "initial", limit, tombstones });
          states.push([...walk.state].toSorted());
          const more = await client.pull({ cursor: walk.cursor });
          expect([more.changes, more.deleted]).toEqual([[], []]);
        }
      }
      for (const state of states) expect(state).toEqual(states[0]);
    });

    test("R15 a cursor of another collection or account is not a cursor here", async () => {
      const { cursor } = await client.walk({ cursor: "initial" });
      const elsewhere = clientOf(under.store, { ...client.key, dataType: "accounts" });
      expect(await code(elsewhere.pull({ cursor }))).toBe("INVALID_CURSOR");
      expect(await code(clientOf(under.store, { ...client.key, userId: randomUUID() }).pull({ cursor }))).toBe(
        "INVALID_CURSOR",
      );
      expect(await code(client.pull({ cursor: "nonsense" }))).toBe("INVALID_CURSOR");
    });

    test("R16 a first download is spared older tombstones, gets newer ones, and ends although the horizon lies in its middle", async () => {
      await client.push([
        { id: "gone", text: "1" },
        { id: "gone", type: "delete" },
        { id: "a", text: "1" },
        { id: "b", text: "1" },
        { id: "c", text: "1" },
      ]);
      const first = await client.pull({ cursor: "initial", limit: 1 });
      expect([first.changes.map((row) => row.record_id), first.deleted]).toEqual([["a"], []]);
      await under.sweepTombstones(client.key, 2);
      under.clock.now += second;
      await client.push([
        { id: "a", type: "delete" },
        { id: "d", text: "1" },
      ]);
      const { state } = await client.walk({ cursor: first.next_cursor, limit: 1 }, new Map([["a", 3]]));
      expect([...state.keys()].toSorted()).toEqual(["b", "c", "d"]);
    });

    test("R16 a first download during which a new tombstone was purged starts again", async () => {
      await client.push([
        { id: "a", text: "1" },
        { id: "b", text: "1" },
      ]);
      const first = await client.pull({ cursor: "initial", limit: 1 });
      await client.push([{ id: "a", type: "delete" }]);
      await under.sweepTombstones(client.key, 3);
      expect(await code(client.pull({ cursor: first.next_cursor }))).toBe("CURSOR_EXPIRED");
    });

    test("R16 a resync gets every tombstone still kept, page by page", async () => {
      await client.push([
        { id: "a", text: "1" },
        { id: "b", text: "1" },
        { id: "a", type: "delete" },
        { id: "b", type: "delete" },
      ]);
      const first = await client.pull({ cursor: "initial", tombstones: true, limit: 1 });
      const last = await client.pull({ cursor: first.next_cursor, limit: 1 });
      expect([...versions(first.deleted), ...versions(last.deleted)]).toEqual([3, 4]);
      expect(last.pagination.has_more).toBe(false);
    });

    test("R18 the horizon: a cursor at it goes on, a cursor below it is told", async () => {
      await client.push([{ id: "a", text: "1" }]);
      const below = await client.walk({ cursor: "initial" });
      await client.push([{ id: "a", type: "delete" }]);
      const at = await client.walk({ cursor: "initial" });
      await client.push([{ id: "b", text: "1" }]);
      await under.sweepTombstones(client.key, 2);
      expect(await code(client.pull({ cursor: below.cursor }))).toBe("CURSOR_EXPIRED");
      expect(versions((await client.pull({ cursor: at.cursor })).changes)).toEqual([3]);
      expect(await code(client.push([{ id: "c", text: "1" }], { cursor: below.cursor }))).toBe("CURSOR_EXPIRED");
      expect((await client.pull({ cursor: "initial" })).head).toBe(3);
    });

    test("R18 a time before the horizon is told, in both forms; a time at it goes on (S26)", async () => {
      await client.push([{ id: "a", type: "delete" }]);
      const { next_since } = await client.since({ since: "1970-01-01T00:00:00Z" });
      under.clock.now += second;
      await client.push([{ id: "b", text: "1" }]);
      await under.sweepTombstones(client.key, 1);
      const before = { since: formatInstant(parseInstant(next_since)! - 1) };
      expect(await code(client.pull(before))).toBe("CURSOR_EXPIRED");
      expect(await code(client.deleted(before))).toBe("CURSOR_EXPIRED");
      expect(versions((await client.pull({ since: next_since })).changes)).toEqual([2]);
      expect((await client.deleted({ since: next_since })).deleted).toEqual([]);
      expect(await client.pull(before).catch((error: { details: object }) => error)).toMatchObject({
        details: { horizon: 1, history_horizon: 0 },
      });
    });

    test("R7 what is absent and older than the purged tombstone is TOO_OLD", async () => {
      await client.push([
        { id: "a", text: "1" },
        { id: "a", type: "delete" },
      ]);
      const then = formatInstant(under.clock.now - second);
      await under.sweepTombstones(client.key, 2);
      under.clock.now += 60 * second;
      expect((await client.push([{ id: "a", text: "zombie", at: then }])).conflicts?.[0]).toMatchObject({
        reason: "TOO_OLD",
        current: null,
      });
      expect((await client.push([{ id: "a", text: "new" }])).conflict_count).toBe(0);
    });

    test("R17 as_of reads every past, by version and by time, in pages of any size", async () => {
      const pasts: [number, Micros, string[]][] = [];
      const live = new Map<string, string>();
      for (const [i, change] of (["a", "b", "-a", "c", "b", "a", "-c", "-b", "b"] as const).entries()) {
        under.clock.now += second;
        const id = change.replace("-", "");
        if (change.startsWith("-")) live.delete(id);
        else live.set(id, `${id}${i}`);
        await client.push([change.startsWith("-") ? { id, type: "delete" } : { id, text: `${id}${i}` }]);
        pasts.push([i + 1, under.clock.now, [...live.values()].toSorted()]);
      }
      for (const [version, at, texts] of pasts) {
        for (const limit of [1, 100]) {
          for (const asOf of [`${version}`, formatInstant(at + 5)]) {
            const found: string[] = [];
            let page = await client.pull({ cursor: "initial", as_of: asOf, limit });
            for (;;) {
              found.push(
                ...page.changes.map((row) => Buffer.from(row.encrypted_record as string, "base64").toString()),
              );
              if (!page.pagination.has_more) break;
              page = await client.pull({ cursor: page.next_cursor, limit });
            }
            expect(found.toSorted()).toEqual(texts);
          }
        }
      }
      expect(await code(client.pull({ as_of: "10" }))).toBe("INVALID_AS_OF");
      expect(await code(client.pull({ as_of: "yesterday" }))).toBe("INVALID_AS_OF");
      await under.sweepHistory(client.key, 5);
      expect(await code(client.pull({ as_of: "4" }))).toBe("HISTORY_EXPIRED");
      expect((await client.pull({ as_of: "5" })).changes).toHaveLength(2);
      expect((await client.history("b")).history.map((entry) => entry.version)).toEqual([9, 8, 5]);
    });

    test("R17 history is newest first, in pages", async () => {
      for (const text of ["1", "2", "3"]) await client.push([{ id: "a", text }]);
      await client.push([{ id: "a", type: "delete" }]);
      const first = await client.history("a", { limit: 3 });
      expect(first.history.map((entry) => [entry.version, entry.change_type])).toEqual([
        [4, "delete"],
        [3, "update"],
        [2, "update"],
      ]);
      const rest = await client.history("a", { before: first.pagination.next_before!, limit: 3 });
      expect(versions(rest.history)).toEqual([1]);
      expect(rest.pagination).toMatchObject({ has_more: false, next_before: null });
      expect((await client.history("nobody")).history).toEqual([]);
    });

    test("R19 a batch or cursor of another epoch is told all epochs; base versions need the epoch", async () => {
      await client.push([{ id: "a", text: "1" }]);
      const { cursor } = await client.walk({ cursor: "initial" });
      const old = await epoch();
      await under.store.beginEpoch(old);
      expect(await code(client.push([{ id: "a", text: "2", base: 1 }], { epoch: old }))).toBe("EPOCH_CHANGED");
      const error = await client
        .push([{ id: "a", text: "2", base: 1 }], { epoch: old })
        .catch((e: { details: object }) => e);
      expect(error).toMatchObject({
        details: { epoch: await epoch(), epochs: expect.arrayContaining([{ epoch: await epoch(), version: null }]) },
      });
      // The history up to the cursor is shared: it adopts the new epoch and goes on.
      const next = await client.pull({ cursor });
      expect(next.epoch).toBe(await epoch());
      expect(
        (await client.push([{ id: "a", text: "2", base: 1 }], { epoch: next.epoch, cursor: next.next_cursor }))
          .conflict_count,
      ).toBe(0);
    });

    test("R20 since and offset: nothing is skipped by a client that follows next_offset, or adds the limit", async () => {
      const start = formatInstant(under.clock.now);
      under.clock.now += second;
      for (let i = 0; i < 12; i += 1)
        await client.push([
          { id: `r${i % 7}`, text: `${i}` },
          { id: `d${i}`, type: "delete" },
        ]);
      const want = (await client.walk({ cursor: "initial" })).state;
      for (const step of ["next", "limit"] as const) {
        const got = new Map<string, number>();
        let page = await client.since({ since: start, limit: 4 });
        for (let offset = 0; ;) {
          for (const row of page.changes) got.set(row.record_id, row.version);
          for (const row of page.deleted) got.delete(row.record_id);
          expect(page.pagination).toMatchObject({ total_changes: 7, total_deleted: 12 });
          if (!page.pagination.has_more) break;
          offset = step === "next" ? page.pagination.next_offset! : offset + 4;
          page = await client.since({ since: start, limit: 4, offset });
        }
        expect(new Map([...got].toSorted())).toEqual(new Map([...want].toSorted()));
      }
    });

    test("R20 next_since is exact: it brings what came after, and only that (S21, S22)", async () => {
      await client.push([
        { id: "a", text: "1" },
        { id: "b", text: "1" },
        { id: "c", text: "1" },
      ]);
      const first = await client.since({ since: "1970-01-01T00:00:00Z", limit: 2 });
      const rest = await client.since({ since: first.next_since, limit: 2 });
      expect(versions(rest.changes)).toEqual([3]);
      const none = await client.since({ since: rest.next_since });
      expect(none.changes).toEqual([]);
      expect(versions((await client.pull({ since: "2200-01-01T00:00:00Z" })).changes)).toEqual([]);
      const empty = clientOf(under.store, { ...client.key, dataType: "accounts" });
      expect(await empty.pull({ since: "2200-01-01T00:00:00Z" })).toMatchObject({
        next_since: "1970-01-01T00:00:00.000000Z",
      });
    });

    test("R21 deleted pages by version and its totals are those of the whole range", async () => {
      await client.push(["a", "b", "c"].map((id) => ({ id, type: "delete" as const })));
      const first = await client.deleted({ since: "1970-01-01T00:00:00Z", limit: 2 });
      expect([versions(first.deleted), first.pagination]).toMatchObject([
        [1, 2],
        { total: 3, has_more: true, next_offset: 2 },
      ]);
      await client.push([{ id: "a", text: "back" }]);
      const rest = await client.deleted({ since: "1970-01-01T00:00:00Z", limit: 2, offset: 2 });
      expect([versions(rest.deleted), rest.pagination]).toMatchObject([
        [3],
        { total: 2, has_more: false, next_offset: null },
      ]);
    });

    test("R14 a page ends at the byte limit, with one row at least", async () => {
      const text = "x".repeat(250 * 1024);
      for (let i = 0; i < 7; i += 1)
        await client.push(Array.from({ length: 6 }, (_, k) => ({ id: `r${i}-${k}`, text })));
      const page = await client.pull({ cursor: "initial", limit: 1000 });
      expect([page.changes.length, page.pagination.has_more]).toEqual([32, true]);
      expect((await client.walk({ cursor: "initial", limit: 1000 })).state.size).toBe(42);
    });

    test("R10 counters follow the state", async () => {
      await client.push([
        { id: "a", text: "1234" },
        { id: "b", text: "12" },
        { id: "b", text: "1" },
        { id: "c", type: "delete" },
        { id: "a", type: "delete" },
      ]);
      const status = (await under.store.readStatus(client.key.userId)).get("contacts");
      expect(status).toMatchObject({ head: 5, recordCount: 1, bytes: 1, deviceId: deviceA });
    });

    test("R23 a proof is kept only while it is of the head", async () => {
      await client.push([{ id: "a", text: "1" }]);
      const proof = { epoch: await epoch(), version: 1, proof: Buffer.alloc(32, 5) };
      expect(await under.store.putProof(client.key, proof)).toBe("stored");
      await client.push([{ id: "a", text: "2" }]);
      expect(await under.store.putProof(client.key, proof)).toBe("head-moved");
      expect((await client.pull({ cursor: "initial" })).proof).toMatchObject({ version: 1 });
    });
  });
}
