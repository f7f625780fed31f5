import assert from "node:assert/strict";
import { casesOf } from "../case.ts";
import type { Collection, Since } from "../collection.ts";

const ever = "2025-01-01T00:00:00Z";

async function fill(contacts: Collection) {
  await contacts.put(Array.from({ length: 6 }, (_, i) => ({ id: `r${i}`, text: `${i}` })));
  await contacts.put([{ id: "r1", type: "delete" }]);
}

async function walk(contacts: Collection, limit: number, between: () => Promise<unknown> = async () => {}) {
  const pages: Since[] = [];
  let offset = 0;
  for (;;) {
    const page = await contacts.since({ since: ever, limit, offset });
    pages.push(page);
    if (page.pagination.next_offset === null) return pages;
    offset = page.pagination.next_offset;
    await between();
  }
}

const idsOf = (pages: readonly Since[]) =>
  new Set(pages.flatMap((page) => [...page.changes, ...page.deleted].map((row) => row.record_id)));

export const compatibleCases = [
  ...casesOf("R20", {
    "pages by next_offset hold everything once, and totals are of the whole range": async (world) => {
      const contacts = await world.collection();
      await fill(contacts);
      const pages = await walk(contacts, 2);
      assert.equal(idsOf(pages).size, 6);
      for (const page of pages) {
        assert.deepEqual([page.pagination.total_changes, page.pagination.total_deleted], [5, 1]);
      }
    },
    "no write between two pages makes one skip": async (world) => {
      const contacts = await world.collection();
      await fill(contacts);
      let n = 0;
      const pages = await walk(contacts, 1, async () => {
        if (n < 3) await contacts.put([{ id: `r${n}`, text: `again ${n}` }]);
        n += 1;
      });
      assert.equal(idsOf(pages).size, 6);
    },
    "a client that adds limit by itself misses none": async (world) => {
      const contacts = await world.collection();
      await fill(contacts);
      const pages: Since[] = [];
      for (let offset = 0; ; offset += 2) {
        pages.push(await contacts.since({ since: ever, limit: 2, offset }));
        if (!pages.at(-1)!.pagination.has_more) break;
      }
      assert.equal(idsOf(pages).size, 6);
    },
    "next_since is the exact time to come back with": async (world) => {
      const contacts = await world.collection();
      await fill(contacts);
      const { next_since: since } = await contacts.since({ since: ever });
      assert.match(since, /\.\d{6}Z$/);
      assert.equal((await contacts.since({ since })).pagination.returned_count, 0);
      await contacts.put([{ id: "new", text: "x" }]);
      const page = await contacts.since({ since });
      assert.deepEqual(
        page.changes.map((row) => row.record_id),
        ["new"],
      );
    },
    "the cursor of the last page goes on from there": async (world) => {
      const contacts = await world.collection();
      await fill(contacts);
      const [page] = await walk(contacts, 100);
      await contacts.put([{ id: "new", text: "x" }]);
      const next = await contacts.page({ cursor: page!.next_cursor });
      assert.deepEqual(
        next.changes.map((row) => row.record_id),
        ["new"],
      );
    },
    "a time without a zone, or that is none, is INVALID_TIMESTAMP": async (world) => {
      const contacts = await world.collection();
      for (const since of ["2025-01-01T00:00:00", "yesterday", "2025-02-30T00:00:00Z"]) {
        const answer = await contacts.pull({ since });
        assert.deepEqual([answer.status, answer.code], [400, "INVALID_TIMESTAMP"]);
      }
    },
  }),
  ...casesOf("R21", {
    "deleted pages the live tombstones alone": async (world) => {
      const contacts = await world.collection();
      await contacts.put(["a", "b", "c"].map((id) => ({ id, text: id })));
      await contacts.put(["a", "b", "c"].map((id) => ({ id, type: "delete" as const })));
      await contacts.put([{ id: "b", text: "back" }]);
      const first = await contacts.deleted({ since: ever, limit: 1 });
      assert.deepEqual(
        [first.deleted.map((row) => row.record_id), first.pagination.total, first.pagination.has_more],
        [["a"], 2, true],
      );
      const rest = await contacts.deleted({ since: ever, limit: 1, offset: first.pagination.next_offset! });
      assert.deepEqual([rest.deleted.map((row) => row.record_id), rest.pagination.next_offset], [["c"], null]);
      const answer = await contacts.device.call({ url: `${contacts.url}/deleted` });
      assert.equal(answer.code, "MISSING_SINCE_PARAM");
    },
  }),
];
