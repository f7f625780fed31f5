import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { explainFileError } from "./explain-file-error.ts";
import { OperatorError } from "./operator-error.ts";

test("what the operator can settle becomes a sentence; another error stays as it is", () => {
  const refused = Object.assign(new Error("EACCES: permission denied"), { code: "EACCES", syscall: "open" });
  expect(explainFileError(refused, "x cannot be read")).toEqual(
    new OperatorError("x cannot be read: this user may not.", { cause: refused }),
  );
  const ours = new Error("a mistake");
  expect(explainFileError(ours, "x")).toBe(ours);
  expect(() => {
    try {
      readFileSync("/");
    } catch (error) {
      throw explainFileError(error, "/ cannot be read");
    }
  }).toThrow("/ cannot be read: it is a folder.");
});
