import { isSyncError } from "@owlivion/sync-client";
import type { Scope } from "../world/scope.ts";
import { sleep, until } from "../world/until.ts";
import { placeOf } from "./place-of.ts";
import { type Device, type DeviceOptions, openDevice, password, shownBy, signUp } from "./device.ts";

type HouseholdOptions = Omit<DeviceOptions, "name" | "store"> & { readonly devices: number; readonly prefix?: string };

/** Several devices of one account. */
export class Household {
  readonly email: string;
  readonly devices: Device[] = [];
  readonly #options: HouseholdOptions;
  readonly #scope: Scope;
  #fresh = 0;

  private constructor(scope: Scope, options: HouseholdOptions) {
    this.#scope = scope;
    this.#options = options;
    this.email = `person-${crypto.randomUUID()}@example.com`;
  }

  /** All signed in, and the records that they share are there. */
  static async open(scope: Scope, options: HouseholdOptions): Promise<Household> {
    const household = new Household(scope, options);
    for (let i = 0; i < options.devices; i += 1) {
      const device = await household.#add(`${options.prefix ?? ""}d${i}`);
      if (i === 0) {
        await signUp(device, household.email);
        await device.workload.makeHotRecords();
      } else await device.sync.signIn({ email: household.email, password });
      household.devices.push(device);
      await device.sync.syncNow();
    }
    return household;
  }

  async #add(name: string): Promise<Device> {
    const device = await openDevice({ ...this.#options, name });
    this.#scope.defer(() => device.sync.close());
    return device;
  }

  /** Edits and syncs on all devices until told to stop; what fails is tried again, as the SDK's own loop would. */
  load({ pauseMs = 100, syncs = true }: { pauseMs?: number; syncs?: boolean } = {}): { stop(): Promise<void> } {
    let isOver = false;
    // A test that ends early closes the devices under it.
    this.#scope.defer(() => (isOver = true));
    const running = this.devices.map(async ({ workload, sync }) => {
      while (!isOver) {
        await workload.step();
        if (syncs) await sync.syncNow().catch(ignoreFailure);
        await sleep(Math.random() * 2 * pauseMs);
      }
    });
    for (const each of running) each.catch(() => {});
    return {
      async stop() {
        isOver = true;
        await Promise.all(running);
      },
    };
  }

  /** C-I7: once nothing is wrong any more, every outbox gets empty and every device has everything. */
  async settle(patienceMs = 600_000): Promise<void> {
    let last: unknown;
    await until(
      "C-I7: the outboxes are empty and the positions agree",
      async () => {
        const places: string[] = [];
        for (const { sync, store } of this.devices) {
          try {
            await sync.syncNow();
          } catch (error) {
            last = error;
            if (isSyncError(error, "NOT_SIGNED_IN") || sync.status.state === "error") await this.#signInAgain(sync);
            return false;
          }
          places.push(await placeOf(store));
        }
        return places.every((place) => place === places[0] && !place.includes("waiting"));
      },
      { patienceMs, everyMs: 100 },
    ).catch(async (error: unknown) => {
      const places = await Promise.all(this.devices.map(async ({ store }) => await placeOf(store)));
      throw new Error(`${String(error)}; last failure: ${String(last)}; ${places.join(" | ")}`);
    });
  }

  /** A session that the server does not know any more, after a restore. */
  async #signInAgain(sync: Device["sync"]): Promise<void> {
    await sync.signIn({ email: this.email, password }).catch(ignoreFailure);
  }

  async #toldInJournals(): Promise<Set<string>> {
    const journals = await Promise.all(this.devices.map(async ({ sync }) => await sync.conflicts.list()));
    const kept = journals.flat().filter(({ kind }) => kind === "edit_kept" || kind === "proposed_again");
    return new Set(kept.map(({ recordId }) => recordId));
  }

  /** C-I8, C-I5, S-I8: all devices and one that is new show the same, and it is what was written. */
  async findBrokenPromises({ mayUndelete }: { readonly mayUndelete: boolean }): Promise<string[]> {
    await this.settle();
    const fresh = await this.#add(`fresh${++this.#fresh}`);
    await fresh.sync.signIn({ email: this.email, password });
    await fresh.sync.syncNow();
    const broken: string[] = [];
    const expected = await shownBy(fresh.sync);
    const canonical = canonicalText(expected);
    for (const { name, sync } of this.devices) {
      if (canonicalText(await shownBy(sync)) !== canonical)
        broken.push(`C-I8: ${name} shows something else than a new device`);
      const odd = sync.status.attention.filter(({ kind }) => kind !== "conflicts");
      if (odd.length > 0) broken.push(`C-I8: ${name} waits for a person: ${JSON.stringify(odd)}`);
    }
    const told = await this.#toldInJournals();
    for (const { expectations } of this.devices) {
      broken.push(...expectations.judge(expected, (recordId) => mayUndelete && told.has(recordId)));
    }
    await fresh.sync.close();
    return broken;
  }
}

function ignoreFailure(error: unknown): void {
  if (!isSyncError(error)) throw error;
}

function canonicalText(shown: ReadonlyMap<string, object>): string {
  const sorted = [...shown].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(sorted.map(([id, fields]) => [id, Object.entries(fields).toSorted()]));
}
