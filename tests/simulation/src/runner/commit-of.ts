import { execFileSync } from "node:child_process";

/** The commit that is checked out, with a plus when something was changed since. */
export function commitOf(): string {
  const git = (...args: string[]): string =>
    execFileSync("git", args, { cwd: import.meta.dirname, encoding: "utf8" }).trim();
  try {
    return (
      git("rev-parse", "--short", "HEAD") +
      (git("status", "--porcelain", "--", "packages", "tests/simulation/src") === "" ? "" : "+")
    );
  } catch {
    return "unknown";
  }
}
