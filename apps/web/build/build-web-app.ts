import { build } from "vite";
import { checkSize } from "./check-size.ts";
import { compressFiles } from "./compress-files.ts";
import { webConfig } from "./web-config.ts";

/** Builds the app into a folder, with compressed copies of its files; throws when the first load has grown too large. */
export async function buildWebApp(folder: string): Promise<void> {
  await build({ ...webConfig, logLevel: "error", build: { ...webConfig.build, outDir: folder, emptyOutDir: true } });
  checkSize(folder);
  await compressFiles(folder);
}
