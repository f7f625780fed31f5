import { mkdirSync } from "node:fs";

/**
 * The data directory, closed to others. Root's can be walked through, because its PostgreSQL runs as another user; what it
 * holds is closed by itself.
 */
export function makeDataDir(dataDir: string): void {
  mkdirSync(dataDir, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
}
