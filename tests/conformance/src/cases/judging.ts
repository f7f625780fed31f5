import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { casesOf } from "../case.ts";
import { textOf } from "../change.ts";

const early = "2025-01-01T00:00:00Z";
const late = "2025-02-01T00:00:00Z";
const low = "00000000-0000-4000-8000-000000000001";
const high = "ffffffff-ffff-4fff-bfff-fffffffffffe";
const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();

export const judgingCases = [
  ...casesOf("R7", {
    "the greater time wins, whatever the order of arrival": async (world) => {
      const contacts = await world.collection();
      await contacts.put([{ id: "a", text: "late", at: late }]);
      const { data } = await contacts.push([{ id: "a", text: "early", at: early }]);
      assert.equal(data.conflicts?.[0]?.reason, "OLDER");
      const page = await contacts.page({ cursor: "initial" });
      assert.equal(textOf(page.changes[0]!), "late");
    },
    "at equal times the greater device id wins": async (world) => {
      const first = await world.register({ device_id: low });
      const second = await world.login(first, high);
      const [dataType = ""] = world.facts.config.data_types;
      await second.collection(dataType).put([{ id: "a", text: "of high", at: early }]);
      const lost = await first.collection(dataType).push([{ id: "a", text: "of low", at: early }]);
      assert.equal(lost.data.conflicts?.[0]?.reason, "OLDER");
      await first.collection(dataType).put([{ id: "b", text: "of low", at: early }]);
      await second.collection(dataType).put([{ id: "b", text: "of high", at: early }]);
    },
    "equal stamps of one device: the later arrival wins": async (world) => {
      const contacts = await world.collection();
      await contacts.put([{ id: "a", text: "1", at: early }]);
      await contacts.put([{ id: "a", text: "2", at: early }]);
      assert.equal(textOf((await contacts.page({ cursor: "initial" })).changes[0]!), "2");
    },
    "tombstones take part with the stamp of their deletion": async (world) => {
      const contacts = await world.collection();
      await contacts.put([{ id: "a", type: "delete", at: late }]);
      const { data } = await contacts.push([{ id: "a", text: "early", at: early }]);
      assert.equal(data.conflicts?.[0]?.reason, "OLDER");
      assert.ok(data.conflicts?.[0]?.current !== null && "deleted_at" in data.conflicts![0]!.current!);
    },
    "a change without a time takes the batch's": async (world) => {
      const contacts = await world.collection();
      await contacts.put([{ id: "a", text: "1" }], { client_timestamp: early });
      const { data } = await contacts.push([{ id: "a", text: "2", at: "2024-12-31T00:00:00Z" }]);
      assert.equal(data.conflicts?.[0]?.server_timestamp, "2025-01-01T00:00:00.000000Z");
    },
    "a batch without a time takes the server's now": async (world) => {
      const contacts = await world.collection();
      await contacts.put([{ id: "a", text: "1" }]);
      const { data } = await contacts.push([{ id: "a", text: "2", at: early }]);
      const at = Date.parse(data.conflicts?.[0]?.server_timestamp ?? "");
      assert.ok(Math.abs(at - Date.parse(data.synced_at)) < 60_000);
    },
    "more than five minutes ahead counts as now, and the reply tells the skew": async (world) => {
      const contacts = await world.collection();
      const reply = await contacts.put([{ id: "a", text: "1", at: inMinutes(60) }]);
      assert.ok(Math.abs(reply.clock_skew_ms! - 3_600_000) < 120_000);
      await contacts.put([{ id: "a", text: "2" }]);
    },
    "less than five minutes ahead is believed": async (world) => {
      const contacts = await world.collection();
      const reply = await contacts.put([{ id: "a", text: "1", at: inMinutes(3) }]);
      assert.equal(reply.clock_skew_ms, undefined);
      const { data } = await contacts.push([{ id: "a", text: "2" }]);
      assert.equal(data.conflicts?.[0]?.reason, "OLDER");
    },
    "times are compared as instants, not as text": async (world) => {
      const contacts = await world.collection();
      await contacts.put([{ id: "a", text: "1", at: "2025-01-01T12:00:00+05:45" }]);
      const { data } = await contacts.push([{ id: "a", text: "2", at: "2025-01-01T06:00:00Z" }]);
      assert.equal(data.conflicts?.[0]?.server_timestamp, "2025-01-01T06:15:00.000000Z");
    },
  }),
  ...casesOf("R8", {
    "accepted when the base is the current version": async (world) => {
      const contacts = await world.collection();
      const { epoch } = await contacts.put([{ id: "a", text: "1" }]);
      const reply = await contacts.put([{ id: "a", text: "2", base: 1 }], { epoch });
      assert.equal(reply.results[0]?.version, 2);
      await contacts.put([{ id: "a", type: "delete", base: 2 }], { epoch });
      const revived = await contacts.put([{ id: "a", text: "3", base: 3 }], { epoch });
      assert.equal(revived.version, 4);
    },
    "another base is STALE, base 0 where something stands EXISTS": async (world) => {
      const contacts = await world.collection();
      const { epoch } = await contacts.put([
        { id: "a", text: "1" },
        { id: "gone", type: "delete" },
      ]);
      const { data } = await contacts.push(
        [
          { id: "a", text: "2", base: 5 },
          { id: "gone", text: "2", base: 0 },
          { id: "never", text: "2", base: 1 },
        ],
        { epoch },
      );
      assert.deepEqual(
        data.conflicts?.map((one) => [one.reason, one.server_version]),
        [
          ["STALE", 1],
          ["EXISTS", 2],
          ["STALE", null],
        ],
      );
    },
    "judged by the base alone: an old time does not lose, and the stored stamp never falls": async (world) => {
      const contacts = await world.collection();
      const { epoch } = await contacts.put([{ id: "a", text: "1", at: late }]);
      await contacts.put([{ id: "a", text: "2", at: early, base: 1 }], { epoch });
      const { data } = await contacts.push([{ id: "a", text: "3", at: "2025-01-15T00:00:00Z" }]);
      assert.equal(data.conflicts?.[0]?.server_timestamp, "2025-02-01T00:00:00.000000Z");
    },
    "one of several at once wins": async (world) => {
      const contacts = await world.collection();
      const { epoch } = await contacts.put([{ id: "a", text: "0" }]);
      const replies = await Promise.all(
        Array.from({ length: 6 }, (_, i) => contacts.push([{ id: "a", text: `racer ${i}`, base: 1 }], { epoch })),
      );
      const statuses = replies.map(({ data }) => data.results[0]?.status).toSorted();
      assert.deepEqual(statuses, ["applied", ...Array<string>(5).fill("conflict")]);
    },
    "a base without an epoch is refused": async (world) => {
      const contacts = await world.collection();
      const answer = await contacts.push([{ id: "a", text: "1", base: 0 }]);
      assert.deepEqual([answer.status, answer.code], [400, "EPOCH_REQUIRED"]);
    },
    "another epoch refuses the batch, base or not, and lists the epochs": async (world) => {
      const contacts = await world.collection();
      const { epoch } = await contacts.put([{ id: "a", text: "1" }]);
      const answer = await contacts.push([{ id: "b", text: "1" }], { epoch: randomUUID() });
      assert.deepEqual([answer.status, answer.code], [410, "EPOCH_CHANGED"]);
      const details = answer.details as { epoch: string; epochs: { epoch: string; version: number | null }[] };
      assert.equal(details.epoch, epoch);
      assert.equal(details.epochs.at(-1)?.epoch, epoch);
      assert.equal((await contacts.status())?.head, 1);
    },
  }),
  ...casesOf("R9", {
    "a conflict tells what stands: version, time of its stamp, the record itself": async (world) => {
      const contacts = await world.collection();
      const { epoch } = await contacts.put([{ id: "a", text: "stands", at: late }]);
      const { data } = await contacts.push([{ id: "a", text: "x", base: 0 }], { epoch });
      const [conflict] = data.conflicts!;
      assert.deepEqual(
        [conflict!.index, conflict!.record_id, conflict!.server_version, conflict!.server_timestamp],
        [0, "a", 1, "2025-02-01T00:00:00.000000Z"],
      );
      assert.equal(textOf(conflict!.current!), "stands");
    },
    "all null where nothing stands": async (world) => {
      const contacts = await world.collection();
      const { epoch } = await contacts.put([{ id: "a", text: "x" }]);
      const { data } = await contacts.push([{ id: "never", text: "x", base: 3 }], { epoch });
      const [conflict] = data.conflicts!;
      assert.deepEqual([conflict!.server_version, conflict!.server_timestamp, conflict!.current], [null, null, null]);
    },
    "a record that conflicts several times is sent at the first": async (world) => {
      const contacts = await world.collection();
      const { epoch } = await contacts.put([{ id: "a", text: "x" }]);
      const { data } = await contacts.push(
        [
          { id: "a", text: "1", base: 9 },
          { id: "a", text: "2", base: 9 },
        ],
        { epoch },
      );
      assert.ok(data.conflicts?.[0]?.current !== null);
      assert.deepEqual([data.conflicts?.[1]?.current, data.conflicts?.[1]?.truncated], [null, true]);
    },
  }),
];
