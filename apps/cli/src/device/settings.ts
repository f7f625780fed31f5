import { randomBytes } from "node:crypto";
import { open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { CliError } from "../cli-error.ts";
import { errorCode, explainFileError } from "../explain-file-error.ts";

/** What a directory knows beside its store. Nothing of it is secret. */
export interface Settings {
  /** The server; null: never told. */
  readonly url: string | null;
  /** The data types that the server is configured for, as it said last. */
  readonly dataTypes: readonly string[];
}

export const noSettings: Settings = { url: null, dataTypes: [] };

const fileIn = (directory: string): string => join(directory, "settings.json");

export async function readSettings(directory: string): Promise<Settings> {
  const file = fileIn(directory);
  try {
    const parsed: unknown = JSON.parse(await readFile(file, "utf8"));
    const { url, data_types: types } = parsed as { url?: unknown; data_types?: unknown };
    return {
      url: typeof url === "string" ? url : null,
      dataTypes: Array.isArray(types) ? types.filter((type): type is string => typeof type === "string") : [],
    };
  } catch (error) {
    if (errorCode(error) === "ENOENT") return noSettings;
    if (error instanceof SyntaxError) {
      throw new CliError(`${file} is no JSON. Remove it, and give --url once more.`, { cause: error });
    }
    throw explainFileError(error, `${file} cannot be read`);
  }
}

/** Whole or not at all, whenever the process dies. */
export async function writeSettings(directory: string, { url, dataTypes }: Settings): Promise<void> {
  const file = fileIn(directory);
  const unfinished = `${file}.${randomBytes(4).toString("hex")}.part`;
  const handle = await open(unfinished, "wx", 0o600);
  try {
    await handle.write(`${JSON.stringify({ url, data_types: dataTypes }, null, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(unfinished, file);
}
