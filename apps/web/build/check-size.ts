import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

/** Script that a person's browser loads before the first screen can be used, gzipped, without Argon2. */
const maxFirstLoadKilobytes = 200;

/** The screens that somebody opens first. */
const firstScreens = ["src/screens/welcome/welcome-screen.tsx", "src/screens/contacts/contacts-screen.tsx"];

interface ManifestChunk {
  readonly file: string;
  readonly imports?: readonly string[];
}

export interface ScreenSize {
  readonly screen: string;
  readonly kilobytes: number;
}

/** The entry, each first screen, and what they import. */
export function measureSize(folder: string): ScreenSize[] {
  const manifest = JSON.parse(readFileSync(join(folder, ".vite/manifest.json"), "utf8")) as Record<
    string,
    ManifestChunk
  >;
  return firstScreens.map((screen) => {
    const seen = new Set<string>();
    const visit = (name: string): void => {
      const chunk = manifest[name];
      if (chunk === undefined) throw new Error(`the build has no ${name}`);
      if (seen.has(chunk.file)) return;
      seen.add(chunk.file);
      for (const imported of chunk.imports ?? []) visit(imported);
    };
    visit("index.html");
    visit(screen);
    const bytes = [...seen].map((file) => gzipSync(readFileSync(join(folder, file)), { level: 9 }).length);
    return { screen, kilobytes: bytes.reduce((sum, size) => sum + size, 0) / 1000 };
  });
}

export function checkSize(folder: string): void {
  for (const { screen, kilobytes } of measureSize(folder)) {
    if (kilobytes <= maxFirstLoadKilobytes) continue;
    const size = `${kilobytes.toFixed(1)} KB`;
    throw new Error(`${screen} loads ${size} of script, gzipped; ${maxFirstLoadKilobytes} KB are the limit`);
  }
}
