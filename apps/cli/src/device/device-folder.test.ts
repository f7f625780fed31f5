import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { resolveTypedPath } from "../environment.ts";
import { closeToOthers, defaultDirectory, isDeviceDirectory, makeDirectory } from "./data-directory.ts";
import { noSettings, readSettings, writeSettings } from "./settings.ts";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "owlivion-folder-"))));
afterEach(() => rmSync(folder, { recursive: true }));

const modeOf = (path: string): number => statSync(path).mode & 0o777;

test("each platform has its place", () => {
  expect(defaultDirectory("darwin", "/h")).toBe("/h/Library/Application Support/owlivion");
  expect(defaultDirectory("win32", "/h")).toMatch(/AppData.Local.owlivion$/);
  expect(defaultDirectory("linux", "/h")).toMatch(/\/owlivion$/);
});

test.skipIf(process.platform === "win32")("a directory is closed to others, made or found", async () => {
  await makeDirectory(join(folder, "new", "deep"));
  expect(modeOf(join(folder, "new", "deep"))).toBe(0o700);
  mkdirSync(join(folder, "open"));
  chmodSync(join(folder, "open"), 0o755);
  await closeToOthers(join(folder, "open"));
  expect(modeOf(join(folder, "open"))).toBe(0o700);
});

test("a directory of somebody else's files is refused, untouched", async () => {
  writeFileSync(join(folder, "cat.jpg"), "");
  await expect(makeDirectory(folder)).rejects.toMatchObject({ code: "USAGE" });
  expect(await isDeviceDirectory(folder)).toBe(false);
});

test("settings are kept, closed to others; broken ones are told", async () => {
  expect(await readSettings(folder)).toEqual(noSettings);
  const settings = { url: "https://sync.example.com", dataTypes: ["notes"] };
  await writeSettings(folder, settings);
  expect(await readSettings(folder)).toEqual(settings);
  expect(await isDeviceDirectory(folder)).toBe(true);
  expect(modeOf(join(folder, "settings.json"))).toBe(0o600);
  writeFileSync(join(folder, "settings.json"), "{");
  await expect(readSettings(folder)).rejects.toMatchObject({ code: "FAILED" });
});

test("a path that was typed before npm changed the folder is meant from there", () => {
  const npm = { INIT_CWD: "/home/ada", npm_package_json: "/repo/package.json" };
  expect(resolveTypedPath("a.vcf", "/repo", npm)).toBe("/home/ada/a.vcf");
  expect(resolveTypedPath("/a.vcf", "/repo", npm)).toBe("/a.vcf");
  expect(resolveTypedPath("a.vcf", "/elsewhere", npm)).toBe("a.vcf");
  expect(resolveTypedPath("a.vcf", "/repo", {})).toBe("a.vcf");
});
