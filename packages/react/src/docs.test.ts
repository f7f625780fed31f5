import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const program = at("./docs-example.generated.tsx");
const project = at("../tsconfig.docs.generated.json");
afterAll(() => {
  for (const file of [program, project]) rmSync(file, { force: true });
});

test("the examples of docs/react.md, one after another, have the types they say", { timeout: 120_000 }, () => {
  const docs = readFileSync(at("../../../docs/react.md"), "utf8");
  const blocks = [...docs.matchAll(/^```tsx\n(.*?)^```/gms)].map((match) => match[1]);
  expect(blocks.length).toBeGreaterThan(2);
  writeFileSync(program, blocks.join("\n"));
  writeFileSync(
    project,
    JSON.stringify({
      extends: "../../tsconfig.base.json",
      compilerOptions: {
        noEmit: true,
        jsx: "react-jsx",
        noUnusedLocals: false,
        lib: ["es2024", "dom", "dom.iterable"],
      },
      files: [program],
    }),
  );
  const tsc = at("../../../node_modules/typescript/bin/tsc");
  const { stdout, stderr } = spawnSync(process.execPath, [tsc, "-p", project], { encoding: "utf8" });
  expect(stdout + stderr).toBe("");
});
