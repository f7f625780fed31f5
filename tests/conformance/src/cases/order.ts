import assert from "node:assert/strict";
import { parseInstant } from "@owlivion/sync-protocol";
import { casesOf } from "../case.ts";

const times = (results: readonly { changed_at?: string }[]) => results.map((one) => parseInstant(one.changed_at!)!);

export const orderCases = [
  ...casesOf("R1", {
    "accepted changes take the versions head + 1, head + 2, … in the order of the batch": async (world) => {
      const contacts = await world.collection();
      const first = await contacts.put(["a", "b", "c"].map((id) => ({ id, text: id })));
      assert.deepEqual(
        first.results.map((one) => one.version),
        [1, 2, 3],
      );
      const second = await contacts.put(["b", "d"].map((id) => ({ id, text: `${id} again` })));
      assert.deepEqual(
        second.results.map((one) => one.version),
        [4, 5],
      );
      assert.equal(second.version, 5);
    },
    "batches side by side leave no gap, and each one's versions are consecutive": async (world) => {
      const contacts = await world.collection();
      const replies = await Promise.all(
        Array.from({ length: 12 }, (_, i) =>
          contacts.put([
            { id: `a${i}`, text: "x" },
            { id: `b${i}`, text: "y" },
          ]),
        ),
      );
      const pairs = replies.map(({ results }) => results.map((one) => one.version!));
      assert.ok(pairs.every(([first, second]) => second === first! + 1));
      const versions = pairs.flat().toSorted((a, b) => a - b);
      assert.deepEqual(
        versions,
        Array.from({ length: 24 }, (_, i) => i + 1),
      );
    },
    "a reader that walks while others write misses nothing": async (world) => {
      const contacts = await world.collection();
      let isWriting = true;
      const write = async () => {
        for (let i = 0; i < 20; i += 1) await contacts.put([{ id: `r${i}`, text: `${i}` }], { key: `w${i}` });
      };
      const writer = write().finally(() => (isWriting = false));
      writer.catch(() => {}); // It is awaited below; a failure until then must not end the run.
      const seen = new Set<number>();
      let cursor = "initial";
      for (;;) {
        const wasWriting = isWriting;
        const page = await contacts.page({ cursor, limit: 3 });
        for (const row of page.changes) seen.add(row.version);
        cursor = page.next_cursor;
        if (!page.pagination.has_more && !wasWriting) break;
      }
      await writer;
      assert.equal(seen.size, 20);
    },
  }),
  ...casesOf("R3", {
    "changed_at grows by a microsecond within a batch, and with the version": async (world) => {
      const contacts = await world.collection();
      const first = times((await contacts.put(["a", "b", "c"].map((id) => ({ id, text: id })))).results);
      assert.deepEqual(
        first.map((at) => at - first[0]!),
        [0, 1, 2],
      );
      const [later] = times((await contacts.put([{ id: "d", text: "d" }])).results);
      assert.ok(later! > first[2]!);
    },
    "synced_at and changed_at are UTC with six digits": async (world) => {
      const contacts = await world.collection();
      const reply = await contacts.put([{ id: "a", text: "a" }]);
      assert.match(reply.synced_at, /\.\d{6}Z$/);
      assert.match(reply.results[0]!.changed_at!, /\.\d{6}Z$/);
    },
  }),
];
