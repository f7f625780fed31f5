import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const repository = fileURLToPath(new URL("../../..", import.meta.url));

/** What the app is built from. */
const sources = [
  "package-lock.json",
  "apps/web",
  ...["client", "crypto", "protocol", "react", "vcard"].map((name) => `packages/${name}/src`),
];
const isIgnored = (path: string): boolean =>
  /(^|\/)(?:dist|node_modules)(\/|$)|\.(?:test|fixture|contract)\./.test(path);

/** Another one as soon as any source is another. */
export function sourceHash(): string {
  const hash = createHash("sha256");
  for (const path of sources.flatMap((source) => [...filesIn(join(repository, source))]).toSorted()) {
    hash.update(relative(repository, path)).update("\0").update(readFileSync(path)).update("\0");
  }
  return hash.digest("hex").slice(0, 16);
}

function* filesIn(path: string): Generator<string> {
  let entries;
  try {
    entries = readdirSync(path, { withFileTypes: true });
  } catch (error) {
    if ((error as { code?: unknown }).code === "ENOTDIR") yield path;
    return;
  }
  for (const entry of entries) {
    const inside = join(path, entry.name);
    if (isIgnored(relative(repository, inside))) continue;
    if (entry.isDirectory()) yield* filesIn(inside);
    else yield inside;
  }
}
