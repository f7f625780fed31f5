import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** One numbered file of SQL. Once released it never changes: what follows is a file of its own. */
export type Migration = { version: number; name: string; sql: string; checksum: string };

const ownFolder = fileURLToPath(new URL("./migrations/", import.meta.url));

/** The migrations in order. A gap or a repeated number is a mistake of ours, not of the operator. */
export function readMigrations(folder: string = ownFolder): Migration[] {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith(".sql"))
    .toSorted();
  return names.map((name, index) => {
    const version = index + 1;
    if (!name.startsWith(`${String(version).padStart(3, "0")}_`)) {
      throw new Error(`Migrations are numbered 001_name.sql, 002_name.sql, …; found ${name} as number ${version}`);
    }
    const sql = readFileSync(join(folder, name), "utf8");
    return { version, name, sql, checksum: checksumOf(sql) };
  });
}

/** Of the text, whatever line ends a checkout gave it. */
function checksumOf(sql: string): string {
  return createHash("sha256").update(sql.replaceAll("\r\n", "\n")).digest("hex");
}
