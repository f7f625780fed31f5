import type { ConflictEntry } from "@owlivion/sync-client";
import { describe, expect, test } from "vitest";
import { conflictFields, isEditable, resolutionOf, takenSides } from "./conflict-fields.ts";

const conflict: ConflictEntry = {
  id: "contacts/a/1",
  dataType: "contacts",
  recordId: "a",
  kind: "fields",
  base: { name: "Ada", title: "Countess", notes: "x", emails: ["a@example.com"] },
  local: { name: "Ada L.", title: "Lady", notes: "x", emails: ["a@example.com"] },
  remote: { name: "Ada Lovelace", notes: "y", emails: ["a@example.com"] },
  proposed: { name: "Ada Lovelace", notes: "y", emails: ["a@example.com"] },
  fields: ["name", "title"],
  remoteDeviceId: null,
  sinceMs: 0,
};

test("the fields that differ, those that clash first; what all agree on is left out", () => {
  expect(conflictFields(conflict).map(({ name, isClash }) => [name, isClash])).toEqual([
    ["name", true],
    ["title", true],
    ["notes", false],
  ]);
});

test("what merged by itself tells which side it was taken from", () => {
  const [, , notes] = conflictFields(conflict);
  expect(takenSides(notes!)).toEqual(["remote"]);
  expect(takenSides({ ...notes!, proposed: "x and y" })).toEqual([]);
});

test("texts can be edited in place, lists cannot", () => {
  const [name] = conflictFields(conflict);
  expect(isEditable(name!)).toBe(true);
  expect(isEditable({ ...name!, local: ["a"] })).toBe(false);
});

describe("what is resolved", () => {
  test.each([
    ["nothing chosen: what is shown now", {}, "remote"],
    ["one side for all", { name: { side: "local" }, title: { side: "local" } }, "local"],
    [
      "a side for each",
      { name: { side: "local" }, title: { side: "remote" } },
      { fields: { name: "Ada L.", title: null } },
    ],
    [
      "a text of one's own",
      { name: { edited: "Augusta Ada" }, title: { side: "local" } },
      { fields: { name: "Augusta Ada", title: "Lady" } },
    ],
    ["a text that was emptied removes the field", { name: { edited: "" } }, { fields: { name: null, title: null } }],
  ] as const)("%s", (_, picks, expected) => {
    expect(resolutionOf(conflict, picks)).toEqual(expected);
  });
});
