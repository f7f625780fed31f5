import { expect, test } from "vitest";
import type { Migration } from "./migration-files.ts";
import { planMigrations } from "./plan-migrations.ts";

const [first, second, third] = [migration(1), migration(2), migration(3)];

test.each([
  ["a new database", [], [first, second], [first, second]],
  ["a database one file behind", [first], [first, second], [second]],
  ["a current database", [first, second], [first, second], []],
])("%s runs what is missing, in order", (_case, applied, available, pending) => {
  expect(planMigrations(applied, available)).toEqual({ kind: "run", pending });
});

test.each([
  ["a newer database", [first, second], [first], /newer than this release/],
  ["a changed file", [{ ...first, checksum: "other" }], [first, second], /has been changed/],
  ["a renamed file", [{ ...first, name: "001_other.sql" }], [first], /another branch or program/],
  ["a skipped file", [first, third], [first, second, third], /002_two.sql was never applied/],
])("%s is refused", (_case, applied, available, reason) => {
  expect(planMigrations(applied, available)).toEqual({ kind: "refuse", reason: expect.stringMatching(reason) });
});

function migration(version: 1 | 2 | 3): Migration {
  const name = `00${version}_${["one", "two", "three"][version - 1]}.sql`;
  return { version, name, sql: `select ${version}`, checksum: `checksum ${version}` };
}
