import type { ConflictEntry } from "@owlivion/sync-client";
import { expect, test } from "vitest";
import { mergedValue } from "./merged-value.ts";

const conflict: ConflictEntry = {
  id: "contacts/a/1",
  dataType: "contacts",
  recordId: "a",
  kind: "fields",
  base: { name: "Ada" },
  local: { name: "Ada L.", title: "Countess", notes: "mine" },
  remote: { name: "Ada B.", notes: "theirs" },
  proposed: { name: "Ada B.", title: "Countess", notes: "theirs", emails: ["ada@example.com"] },
  fields: ["name", "title", "notes"],
  remoteDeviceId: null,
  sinceMs: 0,
};

test("each field takes the side that was chosen, the others stay as they are shown", () => {
  expect(mergedValue(conflict, { name: "local", notes: "remote" })).toEqual({
    name: "Ada L.",
    title: "Countess",
    notes: "theirs",
    emails: ["ada@example.com"],
  });
});

test("a side without the field removes it", () => {
  expect(mergedValue(conflict, { title: "remote" })).not.toHaveProperty("title");
});
