import type { FastifyBaseLogger } from "fastify";
import { DatabaseError } from "pg";
import { expect, test } from "vitest";
import { createLogger } from "./create-logger.ts";
import { toReadable } from "./readable-log.ts";

function capture(): { lines: string[]; logger: FastifyBaseLogger } {
  const lines: string[] = [];
  return { lines, logger: createLogger("info", { write: (line) => void lines.push(line) }) };
}

test("an error is logged with its causes, without the row that PostgreSQL quotes", () => {
  const { lines, logger } = capture();
  const cause = Object.assign(new DatabaseError("duplicate key", 1, "error"), {
    code: "23505",
    detail: "Key (email)=(canary)",
  });
  logger.error({ err: new Error("failed", { cause }) }, "request failed");
  expect(lines.join("")).not.toContain("canary");
  expect(JSON.parse(lines.join(""))).toMatchObject({ err: { message: "failed", cause: { code: "23505" } } });
});

test("a line on a terminal has the time, the level, the message and the rest; an error its stack below", () => {
  const line = {
    level: 40,
    time: 1_795_359_578_344,
    msg: "gone",
    delayMs: 5,
    err: { message: "lost", stack: "Error: lost\n at x" },
  };
  // oxlint-disable-next-line no-control-regex -- colours
  expect(toReadable(JSON.stringify(line)).replaceAll(/\u001b\[\d+m/g, "")).toBe(
    "14:59:38 warn  gone delayMs=5\n  Error: lost\n   at x",
  );
});
