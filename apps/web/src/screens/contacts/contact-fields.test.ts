import { expect, test } from "vitest";
import { changesOf, isBirthday, toDraft } from "./contact-fields.ts";

const ada = {
  name: "Ada",
  emails: [{ value: "ada@example.com", types: ["work"] }, "old@example.com"],
  groups: ["Friends"],
  photo: "data:image/png;base64,AA==",
};

test("only what was changed is written", () => {
  expect(changesOf(ada, toDraft(ada))).toEqual({});
  expect(changesOf(ada, { ...toDraft(ada), notes: " met in London " })).toEqual({ notes: "met in London" });
  expect(changesOf(ada, { ...toDraft(ada), name: "" })).toEqual({ name: null });
});

test("an item that stays keeps what is known of it", () => {
  const draft = { ...toDraft(ada), emails: "new@example.com\nada@example.com\n" };
  expect(changesOf(ada, draft)).toEqual({ emails: ["new@example.com", { value: "ada@example.com", types: ["work"] }] });
  expect(changesOf(ada, { ...toDraft(ada), emails: "\n" })).toEqual({ emails: null });
});

test("groups are separated by commas, each once", () => {
  expect(changesOf(ada, { ...toDraft(ada), groups: "Friends, Choir,Choir," })).toEqual({
    groups: ["Friends", "Choir"],
  });
});

test.each(["1815-12-10", "--12-10", ""])("%j is a birthday", (text) => expect(isBirthday(text)).toBe(true));
test.each(["10.12.1815", "1815-13-01", "1815"])("%j is none", (text) => expect(isBirthday(text)).toBe(false));
