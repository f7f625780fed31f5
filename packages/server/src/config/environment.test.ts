import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { OperatorError } from "../operator-error.ts";
import { readEnvironment, resolveTypedPath } from "./environment.ts";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "environment-"))));
afterEach(() => rmSync(folder, { recursive: true }));

test("the environment wins over .env, and an empty variable does not hide it", () => {
  writeFileSync(join(folder, ".env"), "PORT=1\nHOST=file\nLOG_LEVEL='warn'\n");
  const environment = readEnvironment(folder, { PORT: "2", HOST: "" });
  expect(environment.values).toMatchObject({ PORT: "2", HOST: "file", LOG_LEVEL: "warn" });
  expect(["PORT", "HOST", "DATA_TYPES"].map((name) => environment.sourceOf(name))).toEqual([
    "environment",
    ".env",
    "default",
  ]);
});

test("a .env that cannot be read is told in a sentence", () => {
  mkdirSync(join(folder, ".env"));
  expect(() => readEnvironment(folder, {})).toThrow(OperatorError);
});

test("a path on the command line is meant from where npm was called, if this package's npm script runs it", () => {
  const npm = { INIT_CWD: "/home/ada", npm_package_json: "/srv/sync/package.json" };
  expect(resolveTypedPath("a.backup", "/srv/sync", npm)).toBe("/home/ada/a.backup");
  expect(resolveTypedPath("/b/a.backup", "/srv/sync", npm)).toBe("/b/a.backup");
  expect(resolveTypedPath("a.backup", "/srv/sync", { ...npm, INIT_CWD: "/srv/sync" })).toBe("a.backup");
  expect(resolveTypedPath("a.backup", "/elsewhere", npm)).toBe("a.backup");
  expect(resolveTypedPath("a.backup", "/srv/sync", {})).toBe("a.backup");
});

test("no .env file is fine", () => {
  expect(readEnvironment(folder, { PORT: "2" }).values).toEqual({ PORT: "2" });
});
