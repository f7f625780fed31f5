import { readFileSync, symlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/**
 * npm packages cannot carry symbolic links; the platform package makes its libraries' links in an install script. Where
 * scripts are switched off they are missing, so we make them too. Failing is allowed: running the program is the test.
 */
export function restoreLibraryLinks(root: string): void {
  for (const { source, target } of readLinks(join(root, "pg-symlinks.json"))) {
    try {
      symlinkSync(basename(source), join(dirname(root), target));
    } catch {
      // There already, or a read-only installation.
    }
  }
}

function readLinks(path: string): { source: string; target: string }[] {
  let links: unknown;
  try {
    links = JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return [];
  }
  return Array.isArray(links) ? links.filter(isLibraryLink) : [];
}

function isLibraryLink(link: unknown): link is { source: string; target: string } {
  if (typeof link !== "object" || link === null || !("source" in link) || !("target" in link)) return false;
  const { source, target } = link;
  return typeof source === "string" && typeof target === "string" && dirname(source) === dirname(target);
}
