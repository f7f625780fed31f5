import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compiled, openWorld, password, type World } from "./support/cli-world.ts";

const run = promisify(execFile);
const root = new URL("../../../", import.meta.url).pathname;

let world: World;
beforeAll(async () => void (world = await openWorld()));
afterAll(() => world.close());

test("the commands of the README, in a shell, from first to last", async () => {
  const readme = readFileSync(`${root}README.md`, "utf8");
  const block = /^```sh\n((?:(?!^```).)*?owlivion -- signup.*?)^```/ms.exec(readme)![1]!;
  const script = block.replaceAll("http://localhost:3000", world.proxy.url).replaceAll("./", `${world.folder}/`);
  const { stdout } = await run("sh", ["-e", "-c", script], {
    cwd: root,
    env: { ...process.env, OWLIVION_PASSWORD: password, NODE_COMPILE_CACHE: compiled },
  });
  expect(stdout.trim().split("\n").at(-1)).toContain("Grace Hopper");
});
