import { expect, test } from "vitest";
import { judgeOwner } from "./cluster-owner.ts";

const recorded = { id: "a", dataDir: "/srv/data" };

test.each([
  ["its own", recorded, { id: "a", dataDir: "/srv/data" }, "this directory"],
  ["a copy, or moved", recorded, { id: "a", dataDir: "/srv/copy" }, "another directory"],
  ["another directory has taken the path", recorded, { id: "b", dataDir: "/srv/data" }, "another directory"],
  ["the directory's id is lost", recorded, { id: null, dataDir: "/srv/data" }, "another directory"],
  ["linked by hand", null, { id: null, dataDir: "/srv/data" }, "nobody"],
] as const)("%s", (_case, owner, directory, expected) => {
  expect(judgeOwner(owner, directory)).toBe(expected);
});
