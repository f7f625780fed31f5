import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { casesOf } from "../case.ts";
import { textOf } from "../change.ts";
import type { Collection } from "../collection.ts";

const rows = (page: { changes: readonly { version: number }[]; deleted: readonly { version: number }[] }) =>
  [...page.changes, ...page.deleted].map((row) => row.version).toSorted((a, b) => a - b);

/** Ten records, of which two were deleted: versions 1 to 12. */
async function fill(contacts: Collection) {
  await contacts.put(Array.from({ length: 10 }, (_, i) => ({ id: `r${i}`, text: `${i}` })));
  return contacts.put([
    { id: "r0", type: "delete" },
    { id: "r5", type: "delete" },
  ]);
}

export const readingCases = [
  ...casesOf("R15", {
    "pages come in version order, records and tombstones in one, and end at the head": async (world) => {
      const contacts = await world.collection();
      const { next_cursor: cursor } = await contacts.page({ cursor: "initial" });
      await fill(contacts);
      const { pages, state } = await contacts.walk({ cursor, limit: 3 });
      assert.deepEqual(pages.flatMap(rows), [2, 3, 4, 5, 7, 8, 9, 10, 11, 12]);
      assert.ok(pages.slice(0, -1).every((page) => page.pagination.returned_count === 3 && page.pagination.has_more));
      assert.equal(state.size, 8);
      assert.ok(pages.every((page) => page.head === 12 && page.pagination.limit === 3));
    },
    "the same cursor later gives what is new, and again the same": async (world) => {
      const contacts = await world.collection();
      await fill(contacts);
      const { cursor } = await contacts.walk({ cursor: "initial" });
      await contacts.put([{ id: "new", text: "x" }]);
      for (let i = 0; i < 2; i += 1) assert.deepEqual(rows(await contacts.page({ cursor })), [13]);
    },
    "nonsense, a changed letter, another account's and another data type's are INVALID_CURSOR": async (world) => {
      const owner = await world.register();
      const [one = "", two = one] = world.facts.config.data_types;
      const contacts = owner.collection(one);
      await contacts.put([{ id: "a", text: "1" }]);
      const { next_cursor: cursor } = await contacts.page({ cursor: "initial" });
      const changed = `${cursor.slice(0, 20)}${cursor[20] === "A" ? "B" : "A"}${cursor.slice(21)}`;
      const refused = [
        await contacts.pull({ cursor: "nonsense" }),
        await contacts.pull({ cursor: changed }),
        await contacts.by(await world.register()).pull({ cursor }),
        ...(one === two ? [] : [await owner.collection(two).pull({ cursor })]),
      ];
      for (const answer of refused) assert.deepEqual([answer.status, answer.code], [400, "INVALID_CURSOR"]);
    },
    "another device of the account may use it": async (world) => {
      const contacts = await world.collection();
      await contacts.put([{ id: "a", text: "1" }]);
      const { next_cursor: cursor } = await contacts.page({ cursor: "initial" });
      const other = contacts.by(await world.login(contacts.device));
      assert.equal((await other.pull({ cursor })).status, 200);
    },
    "a limit is 1 to 1000": async (world) => {
      const contacts = await world.collection();
      for (const limit of [0, 1001, -1, 1.5]) {
        const answer = await contacts.pull({ cursor: "initial", limit });
        assert.deepEqual([answer.status, answer.code], [400, "INVALID_REQUEST"]);
      }
    },
    "neither cursor nor since nor as_of is refused; a cursor and since together too": async (world) => {
      const contacts = await world.collection();
      assert.equal((await contacts.pull({})).code, "MISSING_SINCE_PARAM");
      const both = await contacts.pull({ cursor: "initial", since: "2025-01-01T00:00:00Z" });
      assert.equal(both.code, "INVALID_REQUEST");
    },
  }),
  ...casesOf("R16", {
    "a first download is spared the tombstones up to the head at its start": async (world) => {
      const contacts = await world.collection();
      await fill(contacts);
      const first = await contacts.page({ cursor: "initial", limit: 4 });
      await contacts.put([{ id: "r1", type: "delete" }]);
      await contacts.put([{ id: "late", text: "x" }]);
      const { pages, state } = await contacts.walk({ cursor: first.next_cursor, limit: 4 });
      assert.deepEqual(
        pages.flatMap((page) => page.deleted.map((row) => row.record_id)),
        ["r1"],
      );
      assert.ok(state.has("late"));
    },
    "with tombstones every tombstone still kept is sent": async (world) => {
      const contacts = await world.collection();
      await fill(contacts);
      const { pages } = await contacts.walk({ cursor: "initial", tombstones: true, limit: 3 });
      assert.deepEqual(pages.flatMap((page) => page.deleted.map((row) => row.record_id)).toSorted(), ["r0", "r5"]);
    },
    "a walk of an empty collection ends at once, with a cursor that goes on": async (world) => {
      const contacts = await world.collection();
      const page = await contacts.page({ cursor: "initial" });
      assert.deepEqual([page.head, page.pagination.has_more], [0, false]);
      await contacts.put([{ id: "a", text: "1" }]);
      assert.deepEqual(rows(await contacts.page({ cursor: page.next_cursor })), [1]);
    },
  }),
  ...casesOf("R17", {
    "as_of a version gives the records as they stood": async (world) => {
      const contacts = await world.collection();
      await contacts.put([
        { id: "a", text: "old" },
        { id: "b", text: "b" },
      ]);
      await contacts.put([
        { id: "a", text: "new" },
        { id: "b", type: "delete" },
      ]);
      const past = await contacts.page({ as_of: "2" });
      assert.deepEqual(past.changes.map(textOf), ["old", "b"]);
      const now = await contacts.page({ as_of: "4" });
      assert.deepEqual(now.changes.map(textOf), ["new"]);
      assert.deepEqual((await contacts.page({ as_of: "0" })).changes, []);
    },
    "as_of a time is the newest version at or before it": async (world) => {
      const contacts = await world.collection();
      const first = await contacts.put([{ id: "a", text: "1" }]);
      await contacts.put([{ id: "a", text: "2" }]);
      const past = await contacts.page({ as_of: first.results[0]!.changed_at! });
      assert.deepEqual(past.changes.map(textOf), ["1"]);
    },
    "its pages go on in the same past, whatever is written meanwhile": async (world) => {
      const contacts = await world.collection();
      await contacts.put(["a", "b", "c"].map((id) => ({ id, text: `${id} then` })));
      const first = await contacts.page({ as_of: "3", limit: 1 });
      await contacts.put([{ id: "c", text: "c now" }]);
      const { pages } = await contacts.walk({ cursor: first.next_cursor, limit: 1 });
      assert.deepEqual(
        pages.flatMap((page) => page.changes.map(textOf)),
        ["b then", "c then"],
      );
    },
    "a version beyond the head, and what is neither version nor time, are INVALID_AS_OF": async (world) => {
      const contacts = await world.collection();
      await contacts.put([{ id: "a", text: "1" }]);
      for (const as_of of ["2", "yesterday", "-1"]) {
        const answer = await contacts.pull({ as_of });
        assert.deepEqual([answer.status, answer.code], [400, "INVALID_AS_OF"]);
      }
    },
    "a record's history is its changes, newest first, deletions included, in pages": async (world) => {
      const contacts = await world.collection();
      await contacts.put([{ id: "a", text: "1" }]);
      await contacts.put([{ id: "a", type: "delete" }]);
      await contacts.put([{ id: "a", text: "2" }]);
      const all = await contacts.history("a");
      assert.deepEqual(
        all.history.map((one) => [one.version, one.change_type]),
        [
          [3, "insert"],
          [2, "delete"],
          [1, "insert"],
        ],
      );
      const first = await contacts.history("a", { limit: 2 });
      assert.equal(first.pagination.has_more, true);
      const rest = await contacts.history("a", { before: first.pagination.next_before! });
      assert.deepEqual(
        rest.history.map((one) => one.version),
        [1],
      );
      assert.deepEqual((await contacts.history("never")).history, []);
    },
  }),
  ...casesOf("R18", {
    "horizon and epoch come with every page": async (world) => {
      const contacts = await world.collection();
      const { epoch } = await contacts.put([{ id: "a", text: "1" }]);
      const pages = [
        await contacts.page({ cursor: "initial" }),
        await contacts.page({ as_of: "1" }),
        await contacts.since({ since: "2025-01-01T00:00:00Z" }),
        await contacts.deleted({ since: "2025-01-01T00:00:00Z" }),
      ];
      for (const page of pages) assert.deepEqual([page.epoch, page.horizon], [epoch, 0]);
    },
  }),
  ...casesOf("R19", {
    "a batch of an epoch that never was is told all epochs, oldest first": async (world) => {
      const contacts = await world.collection();
      const { epoch } = await contacts.put([{ id: "a", text: "1" }]);
      const answer = await contacts.push([{ id: "a", text: "2", base: 1 }], { epoch: randomUUID() });
      const { epochs } = answer.details as { epochs: { epoch: string; version: number | null }[] };
      assert.equal(epochs.at(-1)?.epoch, epoch);
      assert.ok(epochs.every(({ version }) => version === null || version <= 1));
    },
    "every reply about a collection tells the same epoch": async (world) => {
      const contacts = await world.collection();
      const { epoch } = await contacts.put([{ id: "a", text: "1" }]);
      assert.equal((await contacts.status())?.epoch, epoch);
      assert.equal((await contacts.page({ cursor: "initial" })).epoch, epoch);
    },
  }),
];
