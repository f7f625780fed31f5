import { SyncError } from "../errors.ts";
import type { Store } from "../store/store.ts";

/** How this device syncs; it keeps them until it signs out. */
export interface SyncSettings {
  /** Other devices' changes come by the server's events. False: by asking, every `pollMs`. */
  readonly isLive: boolean;
  /** How often the server is asked while it sends no events, milliseconds; 10 s at least. */
  readonly pollMs: number;
  /** Data types that this device does not sync. What is here stays, and edits wait until they are synced again. */
  readonly pausedDataTypes: readonly string[];
}

const settingsKey = "settings";
const minPollMs = 10_000;
const maxPollMs = 24 * 60 * 60 * 1000;

/** The settings in the store, and who wants to know of a change. */
export class SettingsKeeper {
  readonly #store: Store;
  readonly #dataTypes: ReadonlySet<string>;
  readonly #defaults: SyncSettings;
  readonly #onChange: () => void;
  #current: SyncSettings;

  constructor(store: Store, dataTypes: Iterable<string>, defaults: SyncSettings, onChange: () => void) {
    this.#store = store;
    this.#dataTypes = new Set(dataTypes);
    this.#defaults = defaults;
    this.#current = defaults;
    this.#onChange = onChange;
  }

  get current(): SyncSettings {
    return this.#current;
  }

  isPaused(dataType: string): boolean {
    return this.#current.pausedDataTypes.includes(dataType);
  }

  /** Also after another tab changed them. */
  async load(): Promise<void> {
    const row = await this.#store.read(["meta"], async (tx) => await tx.get("meta", settingsKey));
    this.#take((row?.value as Partial<SyncSettings> | undefined) ?? {});
  }

  /** Throws UNKNOWN_DATA_TYPE. */
  async change(changes: Partial<SyncSettings>): Promise<void> {
    const unknown = changes.pausedDataTypes?.find((dataType) => !this.#dataTypes.has(dataType));
    if (unknown !== undefined) {
      throw new SyncError("UNKNOWN_DATA_TYPE", { message: `There is no data type ${unknown}.` });
    }
    const stored = await this.#store.write(["meta"], async (tx) => {
      const before = (await tx.get("meta", settingsKey))?.value as Partial<SyncSettings> | undefined;
      const value = { ...before, ...changes };
      await tx.put("meta", { key: settingsKey, value });
      return value;
    });
    this.#store.announce({ type: "state" });
    this.#take(stored);
  }

  #take(stored: Partial<SyncSettings>): void {
    const { isLive, pollMs, pausedDataTypes } = { ...this.#defaults, ...stored };
    const next: SyncSettings = {
      isLive,
      pollMs: pollMs === this.#defaults.pollMs ? pollMs : Math.min(Math.max(minPollMs, pollMs), maxPollMs),
      pausedDataTypes: pausedDataTypes.filter((dataType) => this.#dataTypes.has(dataType)),
    };
    if (JSON.stringify(next) === JSON.stringify(this.#current)) return;
    this.#current = next;
    this.#onChange();
  }
}
