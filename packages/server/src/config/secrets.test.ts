import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadConfig } from "./config.ts";
import { revealSecret } from "./secret.ts";
import { loadSecrets } from "./secrets.ts";

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
  expect(new Set(Object.values(first)).size).toBe(3);
});

test("a setting wins over the file", () => {
  const kept = load();
  const jwtSecret = "j".repeat(40);
  expect(load({ JWT_SECRET: jwtSecret })).toEqual({ ...kept, jwtSecret });
});

test("nothing is written when every secret is set", () => {
  load({ JWT_SECRET: "j".repeat(32), SERVER_SECRET: "s".repeat(32), ADMIN_TOKEN: "a".repeat(32) });
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

function load(env: Record<string, string> = {}): Record<string, string> {
  const secrets = loadSecrets(loadConfig({ OWLIVION_DATA_DIR: dataDir, ...env }));
  return Object.fromEntries(Object.entries(secrets).map(([name, secret]) => [name, revealSecret(secret)]));
}
