import { mkdirSync } from "node:fs";
import { explainFileError } from "./explain-file-error.ts";

/**
 * The data directory, closed to others. Root's can be walked through, because its PostgreSQL runs as another user; what it
 * holds is closed by itself.
 */
export function makeDataDir(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  } catch (error) {
    throw explainFileError(error, `The data directory ${dataDir} (OWLIVION_DATA_DIR) cannot be made`);
  }
}
