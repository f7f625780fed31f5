import { chmod, mkdir, readdir, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { usageError } from "../cli-error.ts";
import { readVariable } from "../environment.ts";
import { errorCode, explainFileError } from "../explain-file-error.ts";

/** What makes a directory one of ours: the settings, or the store that a first command began to make. */
const ownFiles = new Set(["settings.json", "store.db", "setup.lock"]);

/** Where a person's data is when they do not say: by platform, as their other programs have it. */
export function defaultDirectory(platform: NodeJS.Platform = process.platform, home: string = homedir()): string {
  if (platform === "win32") return join(readVariable("LOCALAPPDATA") ?? join(home, "AppData", "Local"), "owlivion");
  if (platform === "darwin") return join(home, "Library", "Application Support", "owlivion");
  return join(readVariable("XDG_DATA_HOME") ?? join(home, ".local", "share"), "owlivion");
}

export function chooseDirectory(given: string | undefined): string {
  return resolve(given ?? readVariable("OWLIVION_DIR") ?? defaultDirectory());
}

/** False: no command has made anything there yet. */
export async function isDeviceDirectory(directory: string): Promise<boolean> {
  return (await filesIn(directory)).some((name) => ownFiles.has(name));
}

/** Makes it, closed to other users; one that holds something else is left alone. */
export async function makeDirectory(directory: string): Promise<void> {
  const files = await filesIn(directory);
  if (files.length > 0 && !files.some((name) => ownFiles.has(name))) {
    throw usageError(`${directory} holds other files. Give --dir a directory of its own.`);
  }
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await closeToOthers(directory);
  } catch (error) {
    throw explainFileError(error, `${directory} cannot be made`);
  }
}

/** Also one that was made, copied or opened up with a looser mode. */
export async function closeToOthers(directory: string): Promise<void> {
  if (process.platform === "win32") return;
  const { mode } = await stat(directory);
  if ((mode & 0o077) !== 0) await chmod(directory, 0o700);
}

async function filesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw explainFileError(error, `${directory} cannot be read`);
  }
}
