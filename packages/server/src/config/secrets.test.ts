import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { OperatorError } from "../operator-error.ts";
import { loadConfig } from "./config.ts";
import { revealSecret } from "./secret.ts";
import { describeOwner, loadSecrets } from "./secrets.ts";

let dataDir: string;
let path: string;
beforeEach(() => {
  dataDir = join(mkdtempSync(join(tmpdir(), "secrets-")), "data");
  path = join(dataDir, "secrets.json");
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

test("the first start makes them, closed to others; the next reads the same", () => {
  const first = load();
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(load()).toEqual(first);
  expect(new Set(Object.values(first)).size).toBe(2);
});

test("a setting wins over the file", () => {
  const kept = load();
  const jwtSecret = "j".repeat(40);
  expect(load({ JWT_SECRET: jwtSecret })).toEqual({ ...kept, jwtSecret });
});

test("the operator's token is never made, nor taken from a file of an earlier release", () => {
  load();
  const kept: unknown = JSON.parse(readFileSync(path, "utf8"));
  writeFileSync(path, JSON.stringify({ ...(kept as object), adminToken: "a".repeat(43) }));
  expect(load()).not.toHaveProperty("adminToken");
  expect(load({ ADMIN_TOKEN: "b".repeat(16) })).toHaveProperty("adminToken", "b".repeat(16));
});

test("nothing is written when every secret is set", () => {
  load({ JWT_SECRET: "j".repeat(32), SERVER_SECRET: "s".repeat(32) });
  expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined();
});

test("a file that others can read is refused", () => {
  load();
  chmodSync(path, 0o640);
  expect(() => load()).toThrow(/can be read by other users.*chmod 600/s);
});

test.each(["", "not json", "{}", '{"jwtSecret": 1}'])("a file of %j is refused, never replaced", (content) => {
  load();
  writeFileSync(path, content);
  expect(() => load()).toThrow(/from a backup/);
  expect(readFileSync(path, "utf8")).toBe(content);
});

test("a file of another user is told with its owner and what to do", () => {
  expect(describeOwner("/data/secrets.json", 0, 1000)).toMatch(/belongs to the user with id 0.*1000.*chown/s);
  expect(describeOwner("/data/secrets.json", 1000, 1000)).toBeNull();
});

test("what is no file is not taken for damaged JSON", () => {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  expect(() => load()).toThrow(/cannot be read: it is a folder/);
});

test("a data directory that cannot be one is told in a sentence", () => {
  writeFileSync(dataDir, "");
  expect(() => load()).toThrow(OperatorError);
  dataDir = join(dataDir, "below");
  expect(() => load()).toThrow(OperatorError);
});

function load(env: Record<string, string> = {}): Record<string, string> {
  const secrets = loadSecrets(loadConfig({ OWLIVION_DATA_DIR: dataDir, ...env }));
  return Object.fromEntries(
    Object.entries(secrets).flatMap(([name, secret]) => (secret === null ? [] : [[name, revealSecret(secret)]])),
  );
}
