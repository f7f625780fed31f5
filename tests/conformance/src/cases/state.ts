import assert from "node:assert/strict";
import { casesOf } from "../case.ts";
import { textOf } from "../change.ts";

export const stateCases = [
  ...casesOf("R2", {
    "an update of what is not there is an insert, an insert of what is there an update": async (world) => {
      const contacts = await world.collection();
      await contacts.put([{ id: "a", type: "update", text: "1" }]);
      await contacts.put([{ id: "a", type: "insert", text: "2" }]);
      const { history } = await contacts.history("a");
      assert.deepEqual(
        history.map((one) => one.change_type),
        ["update", "insert"],
      );
    },
    "a deletion of an unknown record leaves a tombstone": async (world) => {
      const contacts = await world.collection();
      await contacts.put([{ id: "ghost", type: "delete" }]);
      const page = await contacts.page({ cursor: "initial", tombstones: true });
      assert.deepEqual(page.changes, []);
      assert.deepEqual(
        page.deleted.map((row) => [row.record_id, row.version]),
        [["ghost", 1]],
      );
    },
    "a put over a tombstone is an insert, and the tombstone goes": async (world) => {
      const contacts = await world.collection();
      await contacts.put([{ id: "a", text: "1" }]);
      await contacts.put([{ id: "a", type: "delete" }]);
      await contacts.put([{ id: "a", text: "2" }]);
      const page = await contacts.page({ cursor: "initial", tombstones: true });
      assert.deepEqual(page.deleted, []);
      assert.deepEqual(
        page.changes.map((row) => [textOf(row), row.change_type, row.version]),
        [["2", "insert", 3]],
      );
    },
    "a page never holds a record twice, whatever became of it": async (world) => {
      const contacts = await world.collection();
      for (const text of ["1", "2", "3"]) {
        await contacts.put([
          { id: "a", text },
          { id: "b", text },
        ]);
      }
      await contacts.put([{ id: "b", type: "delete" }]);
      const page = await contacts.page({ cursor: "initial", tombstones: true });
      assert.deepEqual(
        [...page.changes, ...page.deleted].map((row) => row.record_id),
        ["a", "b"],
      );
    },
    "status counts records and bytes of what is current": async (world) => {
      const contacts = await world.collection();
      assert.equal(await contacts.status(), null);
      await contacts.put([
        { id: "a", text: "four" },
        { id: "b", text: "fives" },
      ]);
      await contacts.put([{ id: "b", type: "delete" }]);
      const status = await contacts.status();
      assert.deepEqual([status?.head, status?.record_count, status?.bytes, status?.blob_version], [3, 1, 4, null]);
      assert.equal(status?.device_id, contacts.device.id);
    },
  }),
  ...casesOf("R4", {
    "a malformed change fails the batch, names index and code, and nothing is applied": async (world) => {
      const contacts = await world.collection();
      const body = contacts.body([{ id: "good", text: "x" }, { id: "bad" }, { id: "\u0007", text: "x" }]);
      const answer = await contacts.send(body);
      assert.deepEqual([answer.status, answer.code], [400, "INVALID_CHANGES"]);
      assert.deepEqual(answer.details, [
        { index: 1, code: "MISSING_RECORD" },
        { index: 2, code: "INVALID_RECORD_ID" },
      ]);
      assert.equal(await contacts.status(), null);
    },
    "details name at most a hundred changes": async (world) => {
      const contacts = await world.collection();
      const answer = await contacts.push(Array.from({ length: 150 }, (_, i) => ({ id: `r${i}` })));
      assert.equal((answer.details as unknown[]).length, 100);
    },
    "a batch with a conflict commits its other changes, in one run of versions": async (world) => {
      const contacts = await world.collection();
      const { epoch } = await contacts.put([{ id: "a", text: "1" }]);
      const { data } = await contacts.push(
        [
          { id: "b", text: "b", base: 0 },
          { id: "a", text: "2", base: 7 },
          { id: "c", text: "c", base: 0 },
        ],
        { epoch },
      );
      assert.deepEqual(
        data.results.map((one) => [one.status, one.version]),
        [
          ["applied", 2],
          ["conflict", undefined],
          ["applied", 3],
        ],
      );
      assert.deepEqual([data.processed_count, data.conflict_count], [2, 1]);
    },
  }),
  ...casesOf("R5", {
    "several changes of one record apply in order": async (world) => {
      const contacts = await world.collection();
      const { epoch } = await contacts.put([{ id: "other", text: "x" }]);
      await contacts.put(
        [
          { id: "a", text: "1", base: 0 },
          { id: "a", text: "2", base: 0 },
          { id: "a", text: "3", base: 0 },
        ],
        { epoch },
      );
      const page = await contacts.page({ cursor: "initial" });
      assert.deepEqual(
        page.changes.map((row) => [row.record_id, textOf(row), row.version]),
        [
          ["other", "x", 1],
          ["a", "3", 4],
        ],
      );
    },
    "the fate of the first is the fate of all, with its reason": async (world) => {
      const contacts = await world.collection();
      const { epoch } = await contacts.put([{ id: "a", text: "1" }]);
      const { data } = await contacts.push(
        [
          { id: "a", text: "2", base: 0 },
          { id: "a", text: "3", base: 1 },
        ],
        { epoch },
      );
      assert.deepEqual(
        data.conflicts?.map((one) => one.reason),
        ["EXISTS", "EXISTS"],
      );
      assert.equal(data.version, 1);
    },
  }),
  ...casesOf("R6", {
    "the same nonce and checksum are unchanged, whatever the base": async (world) => {
      const contacts = await world.collection();
      const nonce = new Uint8Array(24).fill(3);
      const { epoch } = await contacts.put([{ id: "a", text: "1", nonce }]);
      const { data } = await contacts.push([{ id: "a", text: "1", nonce, base: 99 }], { epoch });
      assert.deepEqual(data.results, [{ record_id: "a", status: "unchanged", version: 1 }]);
      assert.deepEqual([data.version, data.processed_count, data.conflict_count], [1, 1, 0]);
    },
    "the deletion of a live tombstone is unchanged": async (world) => {
      const contacts = await world.collection();
      await contacts.put([{ id: "a", type: "delete" }]);
      const { results, version } = await contacts.put([{ id: "a", type: "delete" }]);
      assert.deepEqual([results[0]?.status, version], ["unchanged", 1]);
    },
    "a deletion that brings the envelope a tombstone lacks is judged": async (world) => {
      const contacts = await world.collection();
      await contacts.put([{ id: "a", type: "delete" }]);
      const { results } = await contacts.put([{ id: "a", type: "delete", text: "sealed" }]);
      assert.deepEqual([results[0]?.status, results[0]?.version], ["applied", 2]);
      const again = await contacts.put([{ id: "a", type: "delete", text: "sealed otherwise" }]);
      assert.equal(again.results[0]?.status, "unchanged");
      const page = await contacts.page({ cursor: "initial", tombstones: true });
      assert.equal(textOf(page.deleted[0]!), "sealed");
    },
    "unchanged raises the stored stamp when its own is greater": async (world) => {
      const contacts = await world.collection();
      const nonce = new Uint8Array(24).fill(4);
      await contacts.put([{ id: "a", text: "1", nonce, at: "2025-01-01T00:00:00Z" }]);
      await contacts.put([{ id: "a", text: "1", nonce, at: "2025-03-01T00:00:00Z" }]);
      const { data } = await contacts.push([{ id: "a", text: "2", at: "2025-02-01T00:00:00Z" }]);
      assert.equal(data.conflicts?.[0]?.reason, "OLDER");
      assert.equal(data.conflicts?.[0]?.server_timestamp, "2025-03-01T00:00:00.000000Z");
    },
  }),
];
