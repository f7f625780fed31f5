import { expect, test } from "vitest";
import { changesOf, type FieldSpec, toDraft } from "./record-fields.ts";

const specs: readonly FieldSpec[] = [
  { name: "email", kind: "text" },
  { name: "imapPort", kind: "number", min: 1, max: 65_535 },
  { name: "isDefault", kind: "flag" },
];
const account = { email: "ada@example.com", imapPort: 993, isDefault: true, unknown: ["stays"] };

test("only what was changed is written, numbers as numbers", () => {
  const draft = toDraft(specs, account);
  expect(changesOf(specs, account, draft)).toEqual({});
  expect(changesOf(specs, account, { ...draft, imapPort: " 143 " })).toEqual({ imapPort: 143 });
});

test("what is emptied is removed", () => {
  expect(changesOf(specs, account, { email: "", imapPort: "", isDefault: false })).toEqual({
    email: null,
    imapPort: null,
    isDefault: null,
  });
});
