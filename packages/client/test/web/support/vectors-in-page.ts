import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin } from "esbuild";
import { vectorsDirectory } from "../../../../crypto/test/support/read-vectors.ts";

const inPages = (file: string): string => fileURLToPath(new URL(`../pages/${file}`, import.meta.url));

/** Bundles tests of the crypto package for a page: its own runner instead of Vitest, the vectors in the script. */
export const vectorsInPage: Plugin = {
  name: "vectors-in-page",
  async setup(build) {
    const names = (await readdir(vectorsDirectory)).filter((name) => name.endsWith(".json"));
    const files = names.map(async (name) => [
      name,
      JSON.parse(await readFile(new URL(name, vectorsDirectory), "utf8")),
    ]);
    const vectors = JSON.stringify(Object.fromEntries(await Promise.all(files)));
    build.initialOptions.define = { frozenVectors: vectors };
    build.onResolve({ filter: /^vitest$/ }, () => ({ path: inPages("page-runner.ts") }));
    build.onResolve({ filter: /\/read-vectors\.ts$/ }, () => ({ path: inPages("read-vectors-in-page.ts") }));
    // The package says that its modules do nothing by themselves; its tests do.
    build.onResolve({ filter: /\.test\.ts$/ }, ({ resolveDir, path }) => ({
      path: join(resolveDir, path),
      sideEffects: true,
    }));
  },
};
