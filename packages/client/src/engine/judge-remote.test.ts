import { describe, expect, test } from "vitest";
import { judgeRemote, type KnownRecord, type RemoteContext } from "./judge-remote.ts";

const hash = (fill: number): Uint8Array => new Uint8Array(32).fill(fill);
const known: KnownRecord = { kind: "put", version: 10, rev: 3, hash: hash(3), prevHash: hash(2) };
const arriving = (version: number, rev: number, fill: number, prev: number | null) => ({
  version,
  header: { rev, prevHash: prev === null ? null : hash(prev) },
  hash: hash(fill),
});
const usual: RemoteContext = { horizon: 0, walk: null };

describe("a record that arrives, beside one that is known (DESIGN 5.3)", () => {
  test.each([
    ["the next revision", arriving(11, 4, 4, 3), "apply"],
    ["one that skips revisions this device never saw", arriving(15, 6, 6, 5), "apply"],
    ["the same envelope again", arriving(10, 3, 3, 2), "same"],
    ["the same envelope under another version", arriving(12, 3, 3, 2), "same"],
    ["a page that came twice", arriving(9, 2, 2, 1), "late"],
    ["an older revision as news", arriving(11, 2, 2, 1), "replayed"],
    ["the same revision with other content", arriving(11, 3, 9, 2), "forked"],
    ["other content under the same version", arriving(10, 4, 9, 3), "forked"],
    ["the next revision of something else", arriving(11, 4, 4, 9), "unlinked"],
    ["the next revision of nothing", arriving(11, 4, 4, null), "unlinked"],
  ] as const)("%s", (_, row, judgement) => {
    expect(judgeRemote(known, row, usual)).toBe(judgement);
  });

  const resync = { cause: "expired", cutVersion: null } as const;
  test("begun anew after its tombstone was purged counts from any number, to whom may have missed it", () => {
    const anew = arriving(30, 1, 1, null);
    expect(judgeRemote(known, anew, { horizon: 20, walk: resync })).toBe("apply");
    expect(judgeRemote({ ...known, kind: "tombstone" }, anew, { horizon: 20, walk: null })).toBe("apply");
    expect(judgeRemote(known, anew, { horizon: 20, walk: null })).toBe("replayed");
    expect(judgeRemote(known, anew, { horizon: 9, walk: resync })).toBe("replayed");
  });

  test("what says nothing new was not begun anew: it is an old revision of a record said to be purged", () => {
    const old = { ...arriving(30, 2, 2, 1), isOlder: () => true };
    expect(judgeRemote(known, old, { horizon: 20, walk: resync })).toBe("replayed");
    expect(judgeRemote({ ...known, kind: "tombstone" }, old, { horizon: 20, walk: null })).toBe("replayed");
    expect(judgeRemote({ ...known, version: 0 }, old, { horizon: 20, walk: resync })).toBe("apply");
    expect(judgeRemote(known, { ...old, isUndated: true }, { horizon: 20, walk: resync })).toBe("apply");
  });

  test("S-I8: an old edit that nobody here has seen, of a device that was away when its record was deleted, is merged", () => {
    const late = { ...arriving(30, 1, 9, null), isOlder: () => true };
    expect(judgeRemote({ ...known, kind: "tombstone" }, late, { horizon: 20, walk: null })).toBe("rival");
    expect(judgeRemote(known, late, { horizon: 20, walk: resync })).toBe("rival");
  });

  test.each([
    ["an older revision", arriving(10, 2, 2, 1), true, "replayed"],
    ["other content of the same revision", arriving(10, 3, 9, 2), true, "forked"],
    ["a successor", arriving(12, 4, 4, 3), true, "apply"],
    ["whatever comes, when what is here is damaged", arriving(10, 2, 2, 1), false, "apply"],
  ] as const)("in a repair: %s", (_, row, isIntact, judgement) => {
    const here = { ...known, isIntact: () => isIntact };
    expect(judgeRemote(here, row, { horizon: 0, walk: { cause: "repair", cutVersion: null } })).toBe(judgement);
  });

  test.each([
    ["its next revision", arriving(5, 4, 4, 3), "apply"],
    ["what it was made on", arriving(5, 2, 2, 1), "lost"],
    ["the same record made anew", arriving(5, 1, 9, null), "rival"],
    ["one made anew and edited often", arriving(9, 6, 9, 8), "rival"],
  ] as const)("what the server lost waits to be sent again: %s", (_, row, judgement) => {
    const lost = { ...known, version: 0, prevHash: hash(2), isProposed: true };
    const isOlder = () => judgement === "lost";
    expect(judgeRemote(lost, { ...row, isOlder }, usual)).toBe(judgement);
  });

  test("in a resync within an epoch nothing is older than it was", () => {
    expect(judgeRemote(known, arriving(9, 2, 2, 1), { horizon: 0, walk: resync })).toBe("replayed");
  });

  test.each([
    ["an older revision: the server lost the newer", arriving(8, 2, 2, 1), 9, "lost"],
    ["the same revision with other content", arriving(10, 3, 9, 2), 9, "rival"],
    ["a later one made on something else", arriving(12, 4, 9, 8), 9, "rival"],
    ["the one that follows", arriving(12, 4, 4, 3), 9, "apply"],
    ["nobody knows where the cut was", arriving(8, 2, 2, 1), null, "lost"],
    ["what was before the cut must not go back", arriving(11, 2, 2, 1), 10, "replayed"],
  ] as const)("after a cut: %s", (_, row, cutVersion, judgement) => {
    expect(judgeRemote(known, row, { horizon: 0, walk: { cause: "epoch", cutVersion } })).toBe(judgement);
  });

  const [before, after] = ["2026-01-01T00:00:00.000000Z", "2026-01-02T00:00:00.000000Z"];
  const ancestors = Uint8Array.from([4, 3, 2].flatMap((fill) => [...hash(fill).subarray(0, 8)]));
  const fifth = { ...known, rev: 5, prevHash: hash(4), ancestors, changedAt: before };
  const newer = { isOlder: (): boolean => false };
  test.each([
    ["the one before what is here", arriving(12, 4, 4, 3), 9, "lost"],
    ["another in the place of the one before", arriving(12, 4, 9, 3), 9, "rival"],
    ["what the server had left", { ...arriving(8, 2, 2, 1), ...newer }, 9, "lost"],
    ["somebody went on from what was left", { ...arriving(12, 2, 9, 1), ...newer }, 9, "rival"],
    ["sent again by a device that had less", arriving(12, 2, 2, 1), 9, "lost"],
    ["made apart, and older by its stamps", { ...arriving(12, 3, 9, 2), isOlder: (): boolean => true }, 9, "rival"],
    [
      "written after the loss, by the server's time",
      { ...arriving(8, 2, 9, 1), changedAt: after, ...newer },
      null,
      "rival",
    ],
    ["left, by the server's time", { ...arriving(8, 2, 2, 1), changedAt: "2025", ...newer }, null, "lost"],
  ] as const)("after a cut, a lower revision: %s", (_, row, cutVersion, judgement) => {
    expect(judgeRemote(fifth, row, { horizon: 0, walk: { cause: "epoch", cutVersion } })).toBe(judgement);
  });

  test("any revision of a record that is unknown, or known without an envelope", () => {
    expect(judgeRemote(null, arriving(1, 7, 7, 6), usual)).toBe("apply");
    expect(judgeRemote({ ...known, hash: null }, arriving(11, 1, 1, null), usual)).toBe("apply");
    expect(judgeRemote({ ...known, hash: null }, arriving(10, 1, 1, null), usual)).toBe("apply");
  });

  test("a page that came late is not taken over a deletion without an envelope, unless everything begins anew", () => {
    const deleted = { ...known, kind: "tombstone" as const, hash: null };
    expect(judgeRemote(deleted, arriving(9, 2, 2, 1), usual)).toBe("late");
    expect(judgeRemote(deleted, arriving(9, 2, 2, 1), { horizon: 0, walk: resync })).toBe("apply");
  });

  test("what nobody here can open proves nothing by its header", () => {
    expect(judgeRemote({ ...known, isUnreadable: true }, arriving(11, 3, 9, 2), usual)).toBe("apply");
    expect(judgeRemote({ ...known, isUnreadable: true }, arriving(11, 2, 2, 1), usual)).toBe("replayed");
  });
});
