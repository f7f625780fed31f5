import { type PasswordHash, systemRandom } from "@owlivion/sync-crypto";
import { insecurePasswordHashForTests } from "@owlivion/sync-crypto/testing";
import type { TestServer } from "../../../server/test/support/server.ts";
import { openSync, type OpenStore, type Ports, type Sync, type SyncEvent } from "@owlivion/sync-client";
import { memoryStore } from "@owlivion/sync-client/memory";
import { FaultyNetwork } from "./faulty-network.ts";
import { impatientClock } from "./impatient-clock.ts";
import { carefulPerson } from "./test-device.ts";

export interface SyncedDevice {
  readonly sync: Sync;
  readonly network: FaultyNetwork;
  readonly openStore: OpenStore;
  readonly events: SyncEvent[];
}

export interface DeviceOptions {
  readonly openStore?: OpenStore;
  readonly network?: FaultyNetwork;
  readonly ports?: Partial<Ports>;
  readonly dataTypes?: Parameters<typeof openSync>[0]["dataTypes"];
  readonly passwordHash?: PasswordHash;
}

export const testPassword = "a long enough secret of the tests";

/** One device of a person, on the real server: not signed in yet. */
export async function openDevice(app: TestServer["app"], options: DeviceOptions = {}): Promise<SyncedDevice> {
  const { openStore = memoryStore(), network = new FaultyNetwork(app) } = options;
  const sync = await openSync({
    url: "http://localhost",
    store: openStore,
    platform: "linux",
    passwordHash: options.passwordHash ?? insecurePasswordHashForTests,
    ports: { clock: impatientClock, random: systemRandom, fetch: network.fetch, ...options.ports },
    ...(options.dataTypes === undefined ? {} : { dataTypes: options.dataTypes }),
  });
  const events: SyncEvent[] = [];
  sync.on((event) => events.push(event));
  return { sync, network, openStore, events };
}

/** Several devices of one new account, all signed in. */
export async function openDevices(
  app: TestServer["app"],
  count: number,
  options: DeviceOptions = {},
): Promise<SyncedDevice[]> {
  const email = `person-${crypto.randomUUID()}@example.com`;
  const devices: SyncedDevice[] = [];
  for (let i = 0; i < count; i += 1) {
    const device = await openDevice(app, options);
    if (i === 0) {
      await device.sync.signUp({ email, password: testPassword, confirmRecoveryKey: carefulPerson().confirm });
    } else await device.sync.signIn({ email, password: testPassword });
    devices.push(device);
  }
  return devices;
}
