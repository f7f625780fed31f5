import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../server/test/support/server.ts";

const run = promisify(execFile);
const root = new URL("../../../", import.meta.url).pathname;
const fileName = "docs-example.generated.ts";
const filePath = new URL(fileName, import.meta.url).pathname;

let server: TestServer;
let origin: string;
const folder = mkdtempSync(join(tmpdir(), "owlivion-docs-"));
beforeAll(async () => {
  server = await startTestServer();
  origin = await server.app.listen({ host: "127.0.0.1", port: 0 });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
  rmSync(filePath, { force: true });
});

/** The blocks of docs/client.md one after another, as one program. */
function program(): string {
  const text = readFileSync(join(root, "docs/client.md"), "utf8");
  const blocks = [...text.matchAll(/^```ts\n(.*?)^```/gms)].map((match) => match[1]);
  return blocks.join("\n").replaceAll("https://sync.example.com", origin).replaceAll("./my-data", join(folder, "data"));
}

test("the examples of docs/client.md run, one after another", { timeout: 60_000 }, async () => {
  writeFileSync(filePath, program());
  const args = ["--conditions=@owlivion/source", "--no-warnings", filePath];
  const { stdout, stderr } = await run(process.execPath, args, { timeout: 50_000 });
  expect(stderr).toBe("");
  expect(stdout).toContain("Write this down: ");
  expect(stdout).toContain("1 contacts");
});
