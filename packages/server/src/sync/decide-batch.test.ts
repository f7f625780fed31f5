import { formatInstant } from "@owlivion/sync-protocol";
import { describe, expect, test } from "vitest";
import { batchOf, type ChangeInput } from "../../test/support/batches.ts";
import { decideBatch, fingerprintOf } from "./decide-batch.ts";
import type { CollectionState, Decision, RecordState } from "./model.ts";

const deviceA = "aaaaaaaa-0000-4000-8000-000000000000";
const deviceB = "bbbbbbbb-0000-4000-8000-000000000000";
const now = 1_800_000_000_000_000;
const second = 1_000_000;
const quota = { maxRecords: 100, maxBytes: 10_000 };
const nonce = Buffer.alloc(24, 7);

const at = (seconds: number) => formatInstant(now + seconds * second);

/** The fingerprint of a change with this text and the fixed nonce. */
const printOf = (text: string) => {
  const batch = batchOf(deviceA, [{ id: "x", text, nonce }]);
  return fingerprintOf(batch.changes[0]!, batch);
};

const live = (version: number, stampSeconds: number, text = "old", stampDeviceId = deviceB): RecordState => ({
  isTombstone: false,
  version,
  stampAt: now + stampSeconds * second,
  stampDeviceId,
  fingerprint: printOf(text),
  bytes: text.length,
});

const dead = (version: number, stampSeconds: number, isSealed = false, stampDeviceId = deviceB): RecordState => ({
  ...live(version, stampSeconds, "gone", stampDeviceId),
  isTombstone: true,
  fingerprint: isSealed ? printOf("gone") : "",
  bytes: 0,
});

const stateWith = (records: Record<string, RecordState>, extra: Partial<CollectionState> = {}): CollectionState => ({
  now,
  head: 40,
  lastChangedAt: now - 60 * second,
  horizonAt: now - 90 * 86_400 * second,
  usage: { records: Object.keys(records).length, bytes: 100 },
  records: new Map(Object.entries(records)),
  ...extra,
});

function decide(state: CollectionState, changes: readonly ChangeInput[], extra = {}): Decision {
  const decision = decideBatch(state, batchOf(deviceA, changes, extra), quota);
  if (decision === "quota") throw new Error("refused by the quota");
  return decision;
}

const applied = (version: number) => ({ status: "applied", version });
const unchanged = (version: number) => ({ status: "unchanged", version });
const conflict = (reason: string) => ({ status: "conflict", reason });
const put = (extra: Partial<ChangeInput> = {}): ChangeInput => ({
  id: "r",
  type: "update",
  text: "new",
  nonce,
  ...extra,
});
const del = (extra: Partial<ChangeInput> = {}): ChangeInput => ({ id: "r", type: "delete", ...extra });

describe("one change", () => {
  const cases: [string, Record<string, RecordState>, ChangeInput, object][] = [
    // Rule 7, last write wins
    ["R7 a put of nothing known is applied", {}, put(), applied(41)],
    ["R7 an insert of an existing record is an upsert", { r: live(7, -10) }, put({ type: "insert" }), applied(41)],
    ["R7 a newer stamp wins", { r: live(7, -10) }, put({ at: at(-5) }), applied(41)],
    ["R7 an older stamp loses", { r: live(7, -10) }, put({ at: at(-15) }), conflict("OLDER")],
    ["R7 equal time: the lesser device loses", { r: live(7, -10) }, put({ at: at(-10) }), conflict("OLDER")],
    [
      "R7 equal time: the greater device wins",
      { r: live(7, -10, "old", "00000000-0000-4000-8000-000000000000") },
      put({ at: at(-10) }),
      applied(41),
    ],
    ["R7 equal stamp: the later arrival wins", { r: live(7, -10, "old", deviceA) }, put({ at: at(-10) }), applied(41)],
    ["R7 tombstones take part: an older put loses", { r: dead(7, -10) }, put({ at: at(-15) }), conflict("OLDER")],
    ["R7 tombstones take part: a newer put revives", { r: dead(7, -10) }, put({ at: at(-5) }), applied(41)],
    ["R7 an older deletion loses", { r: live(7, -10) }, del({ at: at(-15) }), conflict("OLDER")],
    ["R7 a deletion of nothing known leaves a tombstone", {}, del(), applied(41)],
    ["R7 a change to an absent record older than the horizon", {}, put({ at: at(-91 * 86_400) }), conflict("TOO_OLD")],
    [
      "R7 a deletion older than the horizon of an absent record",
      {},
      del({ at: at(-91 * 86_400) }),
      conflict("TOO_OLD"),
    ],
    // Rule 6, unchanged
    [
      "R6 same nonce and checksum, even with an older stamp",
      { r: live(7, -10, "new") },
      put({ at: at(-50) }),
      unchanged(7),
    ],
    ["R6 same content under a stale base", { r: live(7, -10, "new") }, put({ base: 3 }), unchanged(7)],
    ["R6 a deletion of what is deleted", { r: dead(7, -10) }, del({ at: at(-50) }), unchanged(7)],
    ["R6 a deletion of what is deleted, under a stale base", { r: dead(7, -10) }, del({ base: 2 }), unchanged(7)],
    [
      "R6 an envelope for a tombstone that has none is judged",
      { r: dead(7, -10) },
      del({ text: "gone", at: at(-5) }),
      applied(41),
    ],
    [
      "R6 another envelope for a sealed tombstone is not",
      { r: dead(7, -10, true) },
      del({ text: "other", at: at(-5) }),
      unchanged(7),
    ],
    [
      "R6 another nonce is another change",
      { r: live(7, -10, "new") },
      put({ nonce: Buffer.alloc(24, 8), at: at(-50) }),
      conflict("OLDER"),
    ],
    // Rule 8, compare and set
    [
      "R8 base is the live version, whatever the stamp",
      { r: live(7, -10) },
      put({ base: 7, at: at(-500) }),
      applied(41),
    ],
    ["R8 base is another version", { r: live(7, -10) }, put({ base: 6, at: at(-1) }), conflict("STALE")],
    ["R8 base 0 of nothing known", {}, put({ base: 0 }), applied(41)],
    ["R8 base 0 of a record", { r: live(7, -10) }, put({ base: 0 }), conflict("EXISTS")],
    ["R8 base 0 of a tombstone", { r: dead(7, -10) }, put({ base: 0 }), conflict("EXISTS")],
    ["R8 base is the tombstone's version", { r: dead(7, -10) }, put({ base: 7 }), applied(41)],
    ["R8 base of a record that is gone", {}, put({ base: 7 }), conflict("STALE")],
    ["R8 the horizon does not concern it", {}, put({ base: 0, at: at(-91 * 86_400) }), applied(41)],
    ["R8 a deletion", { r: live(7, -10) }, del({ base: 7 }), applied(41)],
  ];
  test.each(cases)("%s", (_title, records, change, outcome) => {
    expect(decide(stateWith(records), [change]).outcomes).toEqual([outcome]);
  });
});

describe("every pair of modes on one record (R5: the first is judged, the others follow)", () => {
  const stale = { base: 3 };
  const good = { base: 7 };
  const older = { at: at(-15) };
  const newer = { at: at(-5) };
  const other = { text: "second", nonce: Buffer.alloc(24, 9) };
  const modes = { good, stale, older, newer };
  const wins = { good: true, stale: false, older: false, newer: true };
  for (const [first, firstMode] of Object.entries(modes)) {
    for (const [second, secondMode] of Object.entries(modes)) {
      test(`${first} then ${second}`, () => {
        const decision = decide(stateWith({ r: live(7, -10) }), [put(firstMode), put({ ...other, ...secondMode })]);
        const reason = first === "stale" ? "STALE" : "OLDER";
        expect(decision.outcomes).toEqual(
          wins[first as keyof typeof wins] ? [applied(41), applied(42)] : [conflict(reason), conflict(reason)],
        );
      });
    }
  }

  test("S11 insert and update of one record in one batch do not conflict with each other", () => {
    const decision = decide(stateWith({}), [put({ type: "insert", at: at(-9) }), put({ ...other, at: at(-9) })]);
    expect(decision.outcomes).toEqual([applied(41), applied(42)]);
    expect(decision.rows).toMatchObject([
      { changeType: 0, prevVersion: 0, supersededVersion: 42 },
      { changeType: 1, prevVersion: 41, supersededVersion: 0 },
    ]);
    expect(decision.delta).toEqual({ records: 1, tombstones: 0, bytes: 6 });
  });

  test("S12 insert and deletion of one record in one batch leave a tombstone", () => {
    const decision = decide(stateWith({}), [put({ type: "insert" }), del()]);
    expect(decision.rows).toMatchObject([
      { changeType: 0, supersededVersion: 42 },
      { changeType: 2, prevVersion: 41, supersededVersion: 42 },
    ]);
    expect(decision.tombstones).toEqual([1]);
    expect(decision.delta).toEqual({ records: 0, tombstones: 1, bytes: 0 });
  });

  test("S25 delete, put, delete of a live record: one tombstone, of the last deletion", () => {
    const decision = decide(stateWith({ r: live(7, -10) }), [del(), put(), del()]);
    expect(decision.replaced).toEqual([{ version: 7, byVersion: 41 }]);
    expect(decision.tombstones).toEqual([2]);
    expect(decision.revived).toEqual([]);
    expect(decision.delta).toEqual({ records: -1, tombstones: 1, bytes: -3 });
  });

  test("R5 what is unchanged decides no fate: a deletion of what others deleted does not let an insert revive it", () => {
    const decision = decide(stateWith({ r: dead(9, -10) }), [del({ base: 3 }), put({ base: 3 })]);
    expect(decision.outcomes).toEqual([unchanged(9), conflict("STALE")]);
  });

  test("R6 a retry of a batch without a key is unchanged where it can be, and never a conflict of its own", () => {
    const first = decide(stateWith({}), [put({ at: at(-9) })]);
    expect(first.outcomes).toEqual([applied(41)]);
    expect(decide(stateWith({ r: live(41, -9, "new", deviceA) }), [put({ at: at(-9) })]).outcomes).toEqual([
      unchanged(41),
    ]);
  });
});

describe("stamps", () => {
  test("R6 unchanged raises the stored stamp, and only raises", () => {
    const state = stateWith({ r: dead(7, -10) });
    expect(decide(state, [del({ at: at(-5) })]).raised).toEqual([{ recordId: "r", stampAt: now - 5 * second }]);
    expect(decide(state, [del({ at: at(-15) })]).raised).toEqual([]);
  });

  test("R8 compare and set keeps the greater stamp", () => {
    const state = stateWith({ r: live(7, -10) });
    expect(decide(state, [put({ base: 7, at: at(-500) })]).rows[0]).toMatchObject({
      stampAt: now - 10 * second,
      stampDeviceId: deviceB,
    });
  });

  test("R5 a later change of the batch does not lower the stamp", () => {
    const rows = decide(stateWith({}), [put({ at: at(-1) }), put({ text: "b", at: at(-9) })]).rows;
    expect(rows.map((row) => row.stampAt)).toEqual([now - second, now - second]);
  });

  test("S19 a stamp more than five minutes ahead is now, and the skew is told; less is kept", () => {
    const decision = decide(stateWith({}), [put({ at: at(3600) }), put({ id: "s", at: at(299) })]);
    expect(decision.rows.map((row) => row.stampAt)).toEqual([now, now + 299 * second]);
    expect(decision.clockSkewMs).toBe(3_600_000);
  });

  test("R7 without a stamp of its own a change has the batch's, else the server's", () => {
    expect(decide(stateWith({}), [put()], { client_timestamp: at(-77) }).rows[0]?.stampAt).toBe(now - 77 * second);
    expect(decide(stateWith({}), [put()]).rows[0]?.stampAt).toBe(now);
  });

  test("R3 changed_at grows with the version even when the clock stood or went back", () => {
    expect(decide(stateWith({}, { lastChangedAt: now + 9 }), [put()]).firstChangedAt).toBe(now + 10);
  });
});

describe("R10 quota", () => {
  const full = { usage: { records: 100, bytes: 10_000 } };
  test("growth is refused as a whole", () => {
    expect(decideBatch(stateWith({}, full), batchOf(deviceA, [put(), del({ id: "x" })]), quota)).toBe("quota");
  });
  test("deletions and shrinking updates pass", () => {
    const state = stateWith({ r: live(7, -10, "longer than new"), s: live(8, -10) }, full);
    expect(decide(state, [put(), del({ id: "s" })]).outcomes).toEqual([applied(41), applied(42)]);
  });
});
