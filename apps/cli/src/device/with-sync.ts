import { openSync, parseServerUrl, type Sync, SyncError } from "@owlivion/sync-client";
import { sqliteStore } from "@owlivion/sync-client/sqlite";
import { CliError, usageError } from "../cli-error.ts";
import { exitCodes } from "../exit-codes.ts";
import { readVariable } from "../environment.ts";
import type { Globals } from "../globals.ts";
import { chooseDirectory, closeToOthers, isDeviceDirectory, makeDirectory } from "./data-directory.ts";
import { askDataTypes, dataTypesNamed, unknownDataType } from "./data-types.ts";
import { Interruption } from "./interruption.ts";
import { platformName } from "./platform-name.ts";
import { noSettings, readSettings, type Settings, writeSettings } from "./settings.ts";

export interface Device {
  readonly sync: Sync;
  readonly directory: string;
  readonly url: string;
  readonly dataTypes: readonly string[];
  readonly isJson: boolean;
  /** Aborts on Ctrl-C and when the process is to end. */
  readonly signal: AbortSignal;
}

export interface DeviceOptions {
  /** It may be a new directory. */
  readonly mayCreate?: boolean;
  /** Somebody must be signed in, or have been: true when absent. */
  readonly needsAccount?: boolean;
  /** A data type that was named. */
  readonly dataType?: string;
}

/** Opens the directory's store for a command, and closes it whatever happens. */
export async function withSync<T>(
  globals: Globals,
  options: DeviceOptions,
  work: (device: Device) => Promise<T>,
): Promise<T> {
  const directory = chooseDirectory(globals.dir);
  const isThere = await isDeviceDirectory(directory);
  const stored = isThere ? await readSettings(directory) : noSettings;
  if (!isThere && options.mayCreate !== true) throw notSignedIn(`Nobody has signed in with ${directory} yet.`);
  const given = globals.url ?? readVariable("OWLIVION_URL") ?? stored.url;
  if (given === null) throw usageError("Which server? Add --url URL; it is kept for the next time.");
  const url = parseServerUrl(given);
  const settings = await learnDataTypes({ url, dataTypes: stored.dataTypes }, options);
  const names = dataTypesNamed(settings.dataTypes);
  if (isThere) await closeToOthers(directory);
  else await makeDirectory(directory);

  const interruption = new Interruption();
  try {
    const sync = await openSync({ url, store: sqliteStore(directory), dataTypes: names, platform: platformName() });
    try {
      if (options.needsAccount !== false) requireUnlocked(sync);
      const dataTypes = names.map(({ name }) => name);
      const device = { sync, directory, url, dataTypes, isJson: globals.json === true, signal: interruption.signal };
      const result = await work(device);
      if (JSON.stringify(settings) !== JSON.stringify(stored)) await writeSettings(directory, settings);
      return result;
    } finally {
      await sync.close();
    }
  } catch (error) {
    if (interruption.exitCode === null) throw error;
    throw new CliError("Interrupted. What was done so far is kept; the same command goes on.", {
      code: "INTERRUPTED",
      exitCode: interruption.exitCode as typeof exitCodes.interrupted,
      cause: error,
    });
  } finally {
    interruption.end();
  }
}

/** The server is asked when a directory is new, and about a data type that it has not told of. */
async function learnDataTypes(settings: Settings & { url: string }, options: DeviceOptions): Promise<Settings> {
  const { dataType, mayCreate = false } = options;
  const known = new Set(dataTypesNamed(settings.dataTypes).map(({ name }) => name));
  if (!mayCreate && (dataType === undefined || known.has(dataType))) return settings;
  const told = await askDataTypes(settings.url);
  const learned = told === null ? settings : { ...settings, dataTypes: told };
  if (dataType !== undefined && !known.has(dataType) && !learned.dataTypes.includes(dataType)) {
    throw unknownDataType(dataType, told ?? known);
  }
  return learned;
}

function requireUnlocked({ status }: Sync): void {
  if (status.state === "signed_out") throw notSignedIn("Nobody is signed in here.");
  if (status.state === "locked") throw new SyncError("LOCKED", { message: "This device needs its password first." });
}

const notSignedIn = (message: string): SyncError => new SyncError("NOT_SIGNED_IN", { message });
