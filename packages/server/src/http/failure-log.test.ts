import { describe, expect, test } from "vitest";
import { ApiError } from "../errors.ts";
import { FailureLog } from "./failure-log.ts";

function subject() {
  const entries: [string, object][] = [];
  const clock = { now: 0 };
  const failures = new FailureLog(() => clock.now);
  const log = {
    warn: (fields: object) => void entries.push(["warn", fields]),
    error: (fields: object) => void entries.push(["error", fields]),
  } as never;
  return { entries, clock, report: (error: ApiError) => failures.report(log, error) };
}

describe("FailureLog", () => {
  test.each(["SHUTTING_DOWN", "OVERLOADED", "DATABASE_UNAVAILABLE", "STORAGE_FULL"] as const)(
    "%s is foreseen: a warning with its reason, without a stack",
    (code) => {
      const { entries, report } = subject();
      report(new ApiError(code, { cause: new Error("why") }));
      expect(entries).toEqual([["warn", { code, reason: "why" }]]);
    },
  );

  test("a mistake is an error with its stack, every time", () => {
    const { entries, report } = subject();
    const cause = new Error("a mistake");
    for (let i = 0; i < 2; i++) report(new ApiError("INTERNAL_ERROR", { cause }));
    expect(entries).toEqual(Array.from({ length: 2 }, () => ["error", { err: cause, code: "INTERNAL_ERROR" }]));
  });

  test("an outage is told once a second, with the number that went untold", () => {
    const { entries, clock, report } = subject();
    for (let i = 0; i < 1000; i++) report(new ApiError("DATABASE_UNAVAILABLE"));
    report(new ApiError("OVERLOADED"));
    clock.now = 1000;
    report(new ApiError("DATABASE_UNAVAILABLE"));
    expect(entries).toEqual([
      ["warn", { code: "DATABASE_UNAVAILABLE" }],
      ["warn", { code: "OVERLOADED" }],
      ["warn", { code: "DATABASE_UNAVAILABLE", untold: 999 }],
    ]);
  });
});
