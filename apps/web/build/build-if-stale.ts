// Prints the folder of the built web app: what is there already when nothing changed since, else a new build.
import { accessSync, constants, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { webRoot } from "./web-config.ts";
import { sourceHash } from "./source-hash.ts";

/** A server that still runs on an older build keeps its files. */
const buildsKept = 3;

const [fallback] = process.argv.slice(2);
const name = sourceHash();
const inCheckout = join(webRoot, "dist");
const places = [inCheckout, ...(fallback === undefined ? [] : [fallback])];
const built = places.map((place) => join(place, name)).find((folder) => existsSync(folder));
process.stdout.write(`${built ?? (await build())}\n`);

async function build(): Promise<string> {
  const place = places.find((folder) => isWritable(folder));
  if (place === undefined) throw new Error(`None of these folders can be written: ${places.join(", ")}`);
  const target = join(place, name);
  const unfinished = join(place, `unfinished-${process.pid}`);
  // Loaded only here: mostly nothing is to be built, and Vite may not be installed.
  const { buildWebApp } = await import("./build-web-app.ts");
  try {
    await buildWebApp(unfinished);
    // Whole or not at all; another server that started at the same time may have been first.
    if (!existsSync(target)) renameSync(unfinished, target);
  } catch (error) {
    if (!existsSync(target)) throw error;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  removeOld(place);
  return target;
}

function isWritable(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function removeOld(place: string): void {
  const builds = readdirSync(place)
    .filter((entry) => /^[0-9a-f]{16}$/.test(entry))
    .map((entry) => ({ folder: join(place, entry), ms: statSync(join(place, entry)).mtimeMs }))
    .toSorted((a, b) => b.ms - a.ms);
  for (const { folder } of builds.slice(buildsKept)) rmSync(folder, { recursive: true, force: true });
}
