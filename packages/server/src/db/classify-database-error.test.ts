import { expect, test } from "vitest";
import { classifyDatabaseError } from "./classify-database-error.ts";

test.each([
  [{ code: "57P01" }, "unavailable"],
  [{ code: "57P03" }, "unavailable"],
  [{ code: "08006" }, "unavailable"],
  [{ code: "53300" }, "unavailable"],
  [{ code: "ECONNREFUSED" }, "unavailable"],
  [{ code: "ENOENT", syscall: "connect" }, "unavailable"],
  [{ code: "ENOENT", syscall: "open" }, "other"],
  [new Error("Connection terminated unexpectedly"), "unavailable"],
  [new Error("Connection terminated due to connection timeout"), "unavailable"],
  [new Error("Client has encountered a connection error and is not queryable"), "unavailable"],
  [{ code: "57014" }, "timeout"],
  [{ code: "55P03" }, "timeout"],
  [{ code: "25P03" }, "timeout"],
  [{ code: "40001" }, "retryable"],
  [{ code: "40P01" }, "retryable"],
  [{ code: "25006" }, "readonly"],
  [{ code: "53100" }, "disk-full"],
  [{ code: "23505" }, "other"],
  [new TypeError("x is not a function"), "other"],
  [undefined, "other"],
  ["text", "other"],
])("%j is %s", (error, failure) => {
  expect(classifyDatabaseError(error)).toBe(failure);
});
