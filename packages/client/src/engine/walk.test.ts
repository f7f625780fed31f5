import { describe, expect, test } from "vitest";
import { newCollection } from "./collection-ledger.ts";
import { judgeUnseen } from "./sweep.ts";
import { cutVersionAfter, startedWalk } from "./walk.ts";

const epochs = (...versions: (number | null)[]) => ({
  epoch: `e${versions.length - 1}`,
  epochs: versions.map((version, i) => ({ epoch: `e${i}`, version })),
});

describe("where the server's history was cut", () => {
  test.each([
    ["at the epoch after ours", "e0", epochs(0, 40), 40],
    ["at the earliest of several", "e0", epochs(0, 40, 30, 50), 30],
    ["only epochs after ours count", "e1", epochs(0, 10, 50), 50],
    ["is unknown when one of them is", "e0", epochs(0, 40, null), null],
    ["is unknown when ours is not listed", "other", epochs(0, 40), null],
    ["is unknown when nothing is told", "e0", null, null],
    ["is unknown to a device without an epoch", null, epochs(0, 40), null],
    ["is unknown when ours is the newest", "e1", epochs(0, 40), null],
  ] as const)("%s", (_, own, change, cut) => {
    expect(cutVersionAfter(own, change)).toBe(cut);
  });

  test("a walk that begins during another remembers the cut, and the lower one", () => {
    const cut = (cutVersion: number | null) => ({ cause: "epoch", cutVersion }) as const;
    const started = startedWalk(newCollection("contacts"), cut(40));
    expect(started).toMatchObject({ cursor: null, generation: 1, walk: { cause: "epoch", cutVersion: 40 } });
    expect(startedWalk(started, { cause: "expired" }).walk).toMatchObject({ cause: "epoch", cutVersion: 40 });
    expect(startedWalk(started, cut(30)).walk).toMatchObject({ cutVersion: 30 });
    expect(startedWalk(started, cut(null)).walk).toMatchObject({ cutVersion: null });
  });
});

describe("a row that a resync did not see", () => {
  const put = { kind: "put", version: 10, hash: new Uint8Array(32), envelope: new Uint8Array(358) } as const;
  const tombstone = { ...put, kind: "tombstone" } as const;
  test.each([
    ["with a waiting edit lives on by it", put, { cause: "expired", cutVersion: null }, true, "detach"],
    ["is hidden after an expired cursor", put, { cause: "expired", cutVersion: null }, false, "unconfirm"],
    ["is hidden up to the head", put, { cause: "expired", cutVersion: null, startHead: 10 }, false, "unconfirm"],
    ["stays when it is newer than the head", put, { cause: "expired", cutVersion: null, startHead: 9 }, false, "keep"],
    ["and its tombstone forgotten", tombstone, { cause: "expired", cutVersion: null }, false, "forget"],
    ["is hidden when it was before the cut", put, { cause: "epoch", cutVersion: 10 }, false, "unconfirm"],
    ["is sent again when it was after the cut", put, { cause: "epoch", cutVersion: 9 }, false, "propose"],
    ["tombstones likewise", tombstone, { cause: "epoch", cutVersion: 9 }, false, "propose"],
    ["is sent again when nobody knows the cut", put, { cause: "epoch", cutVersion: null }, false, "propose"],
    [
      "but not a deletion that nobody sealed",
      { ...tombstone, hash: null, envelope: null },
      { cause: "epoch", cutVersion: null },
      false,
      "forget",
    ],
    [
      "S47: nor one of a record that a device had sealed, lest this device seals what nobody meant",
      { ...tombstone, envelope: null },
      { cause: "epoch", cutVersion: null },
      false,
      "detach",
    ],
  ] as const)("%s", (_, row, walk, hasEdit, outcome) => {
    expect(judgeUnseen(row, walk, hasEdit)).toBe(outcome);
  });
});
