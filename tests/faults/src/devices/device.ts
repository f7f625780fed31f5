import {
  type ConfirmRecoveryKey,
  defineDataType,
  openSync,
  type OpenStore,
  type Sync,
  type SyncEvent,
  systemPorts,
} from "@owlivion/sync-client";
import { memoryStore } from "@owlivion/sync-client/memory";
import { insecurePasswordHashForTests } from "@owlivion/sync-crypto/testing";
import type { Acknowledgement } from "./acknowledgement.ts";
import { Expectations, type Note } from "./expectations.ts";
import { recordingFetch } from "./recording-fetch.ts";
import { Workload } from "./workload.ts";

export const password = "a long enough secret of the faults suite";
export const noteTypes = [
  defineDataType<Note>({ name: "notes", merge: { default: "newer" } }),
  defineDataType<Note>({ name: "todos", merge: { default: "newer" } }),
] as never;

export interface DeviceOptions {
  readonly url: string;
  readonly name: string;
  readonly store?: OpenStore;
  readonly route?: () => string;
  /** Milliseconds without an answer after which a request is given up; 30 s when absent. */
  readonly idleMs?: number;
  readonly expectations?: Expectations;
  readonly firstEdit?: number;
  readonly onAcknowledged?: (acknowledgement: Acknowledgement) => void;
}

/** The real SDK with its own store, on the real network. */
export interface Device {
  readonly name: string;
  readonly sync: Sync;
  readonly store: OpenStore;
  readonly acknowledged: Acknowledgement[];
  readonly expectations: Expectations;
  readonly events: SyncEvent[];
  readonly workload: Workload;
}

export async function openDevice(options: DeviceOptions): Promise<Device> {
  const { store = memoryStore(), name, route, idleMs } = options;
  const acknowledged: Acknowledgement[] = [];
  const events: SyncEvent[] = [];
  let deviceId: string | null = null;
  const { clock } = systemPorts;
  const sync: Sync = await openSync({
    url: options.url,
    store,
    platform: "linux",
    dataTypes: noteTypes,
    passwordHash: insecurePasswordHashForTests,
    ports: {
      clock:
        idleMs === undefined
          ? clock
          : { ...clock, schedule: (ms, callback) => clock.schedule(Math.min(ms, idleMs), callback) },
      fetch: recordingFetch({
        ...(route === undefined ? {} : { route }),
        of: () => (sync.account === null ? null : { accountId: sync.account.accountId, deviceId: (deviceId ??= name) }),
        onAcknowledged: (each) => {
          options.onAcknowledged?.(each);
          acknowledged.push(each);
        },
      }) as typeof systemPorts.fetch,
    },
  });
  sync.on((event) => events.push(event));
  const { expectations = new Expectations(), firstEdit = 1 } = options;
  const workload = new Workload({ collection: sync.collection<Note>("notes"), expectations, name, firstEdit });
  return { name, sync, store, acknowledged, expectations, events, workload };
}

export async function signUp(device: Device, email: string): Promise<void> {
  await device.sync.signUp({ email, password, confirmRecoveryKey: writeDown });
}

/** Somebody who writes the recovery key down. */
export const writeDown: ConfirmRecoveryKey = async ({ recoveryKey, askedGroups }) =>
  askedGroups.map((group) => recoveryKey.split("-")[group - 1] ?? "");

/** What the application on this device sees. */
export async function shownBy(sync: Sync, dataType = "notes"): Promise<Map<string, Note>> {
  const shown = new Map<string, Note>();
  for await (const { id, ...fields } of sync.collection<Note>(dataType).iterate()) shown.set(id, fields);
  return shown;
}
