import { describe, expect, test } from "vitest";
import type { CollectionRow } from "../store/rows.ts";
import type { CollectionStatus } from "../transport/replies.ts";
import { newCollection } from "./collection-ledger.ts";
import { isBehind } from "./sync-collection.ts";
import { startedWalk } from "./walk.ts";

const proved = { epoch: "e", version: 10, atMs: 0 };
const here: CollectionRow = {
  ...newCollection("contacts"),
  epoch: "e",
  cursor: "c",
  position: 10,
  verified: proved,
  provedVersion: 10,
};
const there: CollectionStatus = {
  head: 10,
  epoch: "e",
  horizon: 0,
  recordCount: 3,
  bytes: 0,
  lastSyncAt: null,
  deviceId: null,
  proofVersion: 10,
};

describe("whether a collection is behind, by what the server says of it", () => {
  test.each<[string, Partial<CollectionRow>, Partial<CollectionStatus> | null, boolean]>([
    ["the same head, proved and verified: nothing is to do", {}, {}, false],
    ["another head", {}, { head: 11 }, true],
    ["a lower head", {}, { head: 9 }, true],
    ["another epoch", {}, { epoch: "f" }, true],
    ["the server knows of no such collection any more", {}, null, true],
    ["it never began", { cursor: null, position: 0 }, {}, true],
    ["it is in the middle of a walk", { walk: startedWalk(here, { cause: "repair" }).walk }, {}, true],
    ["somebody proved this head, unseen here", { verified: null, provedVersion: 0 }, {}, true],
    ["nobody proved this head yet", { verified: null, provedVersion: 0 }, { proofVersion: null }, false],
    ["an older proof says nothing about this head", { verified: null, provedVersion: 0 }, { proofVersion: 9 }, false],
    ["a proof that was there is withheld", {}, { proofVersion: null }, true],
    ["or an older one is offered", {}, { proofVersion: 8 }, true],
    ["not after a new epoch", { verified: { ...proved, epoch: "d" } }, { proofVersion: null }, false],
    ["an alarm is not asked about again and again", { verified: null, provedVersion: 0, alarm: "x" }, {}, false],
  ])("%s", (_, row, status, expected) => {
    expect(isBehind({ ...here, ...row }, status === null ? null : { ...there, ...status })).toBe(expected);
  });
});
