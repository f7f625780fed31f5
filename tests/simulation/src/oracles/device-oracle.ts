import type { AccountInfo } from "@owlivion/sync-client";
import type { CollectionRow, RecordRow } from "../../../../packages/client/src/store/rows.ts";
import type { Writes } from "../world/mirror.ts";
import type { SimDevice } from "../world/sim-device.ts";
import type { Truth } from "./truth.ts";
import { demand } from "./violation.ts";

/** What holds in a device's store after every single commit. */
export class DeviceOracle {
  readonly #truth: Truth;
  readonly #accounts = new Map<SimDevice, string>();
  /** The collections as the last commit left them. */
  readonly #collections = new Map<string, CollectionRow>();
  readonly #versions = new Map<string, RecordRow>();

  constructor(truth: Truth) {
    this.#truth = truth;
  }

  signedIn(device: SimDevice, { accountId }: AccountInfo): void {
    this.#accounts.set(device, accountId);
  }

  /** Its storage is another one now. */
  forget(device: SimDevice): void {
    for (const map of [this.#collections, this.#versions]) {
      for (const key of map.keys()) if (key.startsWith(`${device.name}/`)) map.delete(key);
    }
  }

  committed(device: SimDevice, writes: Writes): void {
    for (const { key, row } of writes.of("collections")) this.#collection(device, key, row);
    for (const { key, row } of writes.of("records")) this.#record(device, key, row);
    for (const { key, row } of writes.of("collections")) if (row !== undefined) this.#complete(device, key, row);
  }

  /** C-I1: within an epoch and a walk a cursor only moves forward. */
  #collection(device: SimDevice, key: string, row: CollectionRow | undefined): void {
    const place = `${device.name}/${key}`;
    const before = this.#collections.get(place);
    if (row === undefined) return void this.#collections.delete(place);
    this.#collections.set(place, row);
    if (before === undefined || before.epoch !== row.epoch || before.generation !== row.generation) return;
    demand(
      row.position >= before.position,
      "C-I1",
      () => `${place} went from ${before.position} back to ${row.position}`,
    );
  }

  /** C-I3: what is visible of a record never goes back, but where the server lost it. */
  #record(device: SimDevice, key: string, row: RecordRow | undefined): void {
    const place = `${device.name}/${key}`;
    const before = this.#versions.get(place);
    if (row === undefined) return void this.#versions.delete(place);
    this.#versions.set(place, row);
    const collection = device.disk.mirror.get("collections", key.slice(0, key.indexOf("/")));
    if (before === undefined || row.version === 0 || collection?.walk != null) return;
    if (before.generation !== row.generation) return;
    demand(
      row.version >= before.version,
      "C-I3",
      () => `${place} went from v${before.version} back to v${row.version}`,
    );
  }

  /** C-I2: everything up to the cursor is here. */
  #complete(device: SimDevice, dataType: string, row: CollectionRow): void {
    const userId = this.#accounts.get(device);
    if (userId === undefined || row.walk !== null || row.epoch === null || this.#truth.staleEpochs.has(row.epoch))
      return;
    const collection = this.#truth.of(userId, dataType);
    if (row.position > collection.head) {
      demand(false, "C-I2", () => `${device.name} stands at ${row.position}, and ${collection.head} were committed`);
    }
    for (const entry of collection.at(row.position).values()) {
      const known = device.disk.mirror.get("records", `${dataType}/${entry.recordId}`);
      const what = (): string =>
        `${device.name} at ${row.position} of ${dataType}: ${entry.recordId} v${entry.version}`;
      if (entry.changeType === "delete") {
        // A tombstone that was never here need not be; a record must not have outlived it.
        const isOutlived = known?.kind === "put" && known.version > 0 && known.version < entry.version;
        demand(!isOutlived, "C-I2", () => `${what()} was deleted, and v${known?.version} is here`);
        continue;
      }
      demand(known !== undefined, "C-I2", () => `${what()} is not here`);
      demand(known.version >= entry.version, "C-I2", () => `${what()} is here as v${known.version}`);
    }
  }
}
