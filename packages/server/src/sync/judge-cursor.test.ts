import { expect, test } from "vitest";
import { noTag, type Cursor } from "./cursor.ts";
import { judgeCursor, type CursorGround, type CursorVerdict } from "./judge-cursor.ts";

const tag = Buffer.from("0123456789abcdef", "hex");
const otherTag = Buffer.from("fedcba9876543210", "hex");
const cursor: Cursor = {
  epoch: "now",
  version: 50,
  tag,
  anchor: null,
  isFirst: false,
  wantsTombstones: false,
  asOf: null,
};
const ground: CursorGround = {
  epoch: "now",
  head: 100,
  horizon: 0,
  historyHorizon: 0,
  tag,
  epochs: [
    { epoch: "first", version: 0 },
    { epoch: "now", version: 60 },
  ],
};

const cases: [string, Partial<Cursor>, Partial<CursorGround>, CursorVerdict][] = [
  ["R15 within the history", {}, {}, "good"],
  ["R15 at the head", { version: 100 }, {}, "good"],
  ["R15 at the horizon", {}, { horizon: 50 }, "good"],
  ["R18 below the horizon", {}, { horizon: 51 }, "CURSOR_EXPIRED"],
  ["R16 a first download below the horizon goes on", { anchor: 90, isFirst: true }, { horizon: 80 }, "good"],
  [
    "R16 a first download whose start head fell below the horizon",
    { anchor: 90, isFirst: true },
    { horizon: 91 },
    "CURSOR_EXPIRED",
  ],
  ["R19 beyond the head of this epoch: the tail was lost", { version: 101 }, {}, "broken"],
  ["R19 beyond the head, of an older epoch", { version: 101, epoch: "first" }, {}, "EPOCH_CHANGED"],
  ["R19 another batch wrote that version", {}, { tag: otherTag }, "broken"],
  [
    "R19 another batch wrote that version, of an older epoch",
    { epoch: "first", version: 61 },
    { tag: otherTag },
    "EPOCH_CHANGED",
  ],
  [
    "R19 another batch wrote that version although the new epoch began above it: nobody noticed the cut",
    { epoch: "first" },
    { tag: otherTag },
    "unproven",
  ],
  ["R19 in the middle of a walk the tag is of the anchor", { version: 10, anchor: 90 }, { tag: otherTag }, "broken"],
  [
    "R18 in the middle of a walk the horizon is compared with the position",
    { version: 10, anchor: 90 },
    { horizon: 11 },
    "CURSOR_EXPIRED",
  ],
  ["R19 an older epoch up to where the new one began adopts it", { epoch: "first" }, {}, "good"],
  ["R19 an older epoch beyond where the new one began", { epoch: "first", version: 61 }, {}, "EPOCH_CHANGED"],
  [
    "R19 an older epoch, start unknown, right tag",
    { epoch: "first" },
    {
      epochs: [
        { epoch: "first", version: 0 },
        { epoch: "now", version: null },
      ],
    },
    "good",
  ],
  ["R19 an epoch nobody knows", { epoch: "elsewhere" }, {}, "EPOCH_CHANGED"],
  [
    "R19 beyond where the new epoch began: what was lost is told, however old it is",
    { epoch: "first", version: 61 },
    { tag: null, horizon: 90 },
    "EPOCH_CHANGED",
  ],
  ["R19 the batch is not kept any more: it cannot be proved", {}, { tag: null }, "CURSOR_EXPIRED"],
  ["R19 no tag at a version above 0", { tag: noTag }, {}, "CURSOR_EXPIRED"],
  ["R15 the empty start fits any history", { version: 0, tag: noTag, epoch: "elsewhere" }, { tag: noTag }, "good"],
  ["R17 the past within the history", { asOf: 40, version: 10 }, { historyHorizon: 40 }, "good"],
  ["R17 the past beyond the history", { asOf: 40, version: 10 }, { historyHorizon: 41 }, "HISTORY_EXPIRED"],
  ["R17 the past does not ask the tombstone horizon", { asOf: 40, version: 10 }, { horizon: 45 }, "good"],
];

test.each(cases)("%s", (_title, ofCursor, ofGround, verdict) => {
  expect(judgeCursor({ ...cursor, ...ofCursor }, { ...ground, ...ofGround })).toBe(verdict);
});
