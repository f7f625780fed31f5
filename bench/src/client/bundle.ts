import { gzipSync } from "node:zlib";
import { build } from "esbuild";

export interface Bundle {
  /** What a page loads at once. */
  readonly firstBytes: number;
  /** What it loads when it is called for, without Argon2. */
  readonly laterBytes: number;
  readonly argon2Bytes: number;
}

const entry = `
  export { openSync } from "@owlivion/sync-client";
  export { indexedDbStore } from "@owlivion/sync-client/indexeddb";
`;

/** The SDK as a browser gets it: minified, gzipped, in modules. */
export async function measureBundle(): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: entry, resolveDir: import.meta.dirname, loader: "ts" },
    bundle: true,
    minify: true,
    splitting: true,
    format: "esm",
    platform: "browser",
    conditions: ["@owlivion/source"],
    outdir: "/out",
    write: false,
    metafile: true,
  });
  const sizes = { first: 0, later: 0, argon2: 0 };
  const outputs = Object.entries(metafile.outputs);
  const first = staticallyLoaded(metafile.outputs, outputs.find(([, { entryPoint }]) => entryPoint === "<stdin>")![0]);
  for (const [path, { inputs }] of outputs) {
    const file = outputFiles.find((each) => each.path.endsWith(path.split("/").at(-1)!))!;
    const bytes = gzipSync(file.contents, { level: 9 }).length;
    if (Object.keys(inputs).some((input) => input.includes("hash-wasm"))) sizes.argon2 += bytes;
    else if (first.has(path)) sizes.first += bytes;
    else sizes.later += bytes;
  }
  return { firstBytes: sizes.first, laterBytes: sizes.later, argon2Bytes: sizes.argon2 };
}

type Outputs = Record<string, { imports: { path: string; kind: string }[] }>;

function staticallyLoaded(outputs: Outputs, entryPath: string): Set<string> {
  const found = new Set<string>();
  const visit = (path: string): void => {
    if (found.has(path) || outputs[path] === undefined) return;
    found.add(path);
    for (const each of outputs[path].imports) if (each.kind === "import-statement") visit(each.path);
  };
  visit(entryPath);
  return found;
}
