import { type PasswordHash, systemRandom } from "@owlivion/sync-crypto";
import { insecurePasswordHashForTests } from "@owlivion/sync-crypto/testing";
import type { TestServer } from "../../../server/test/support/server.ts";
import type { ConfirmRecoveryKey } from "../../src/session/confirm-recovery-key.ts";
import { createSession, type CreateSessionOptions, type Session } from "../../src/session/session.ts";
import { memoryStore } from "../../src/store/memory-store.ts";
import type { OpenStore, Store } from "../../src/store/store.ts";
import type { Api } from "../../src/transport/api.ts";
import { createApi } from "../../src/transport/create-api.ts";
import { FaultyNetwork } from "./faulty-network.ts";
import { impatientClock } from "./impatient-clock.ts";

export interface TestDevice {
  readonly network: FaultyNetwork;
  readonly openStore: OpenStore;
  readonly store: Store;
  readonly api: Api;
  readonly session: Session;
}

export interface TestDeviceOptions {
  readonly openStore?: OpenStore;
  /** An opened store instead, for example one that crashes. */
  readonly store?: Store;
  readonly network?: FaultyNetwork;
  readonly passwordHash?: PasswordHash;
  readonly session?: Partial<CreateSessionOptions>;
}

/** One device on the real server, started: with a store of its own, or after a restart on the one that is given. */
export async function startDevice(app: TestServer["app"], options: TestDeviceOptions = {}): Promise<TestDevice> {
  const { openStore = memoryStore(), network = new FaultyNetwork(app) } = options;
  const store = options.store ?? (await openStore());
  const ports = { clock: impatientClock, random: systemRandom, fetch: network.fetch };
  const api = createApi({ url: "http://localhost", ports, tokens: () => session });
  const session: Session = createSession({
    store,
    api,
    ports,
    passwordHash: options.passwordHash ?? insecurePasswordHashForTests,
    platform: "linux",
    ...options.session,
  });
  await session.resume();
  return { network, openStore, store, api, session };
}

/** Somebody who writes the recovery key down, and what they wrote. */
export function carefulPerson(): { readonly keys: string[]; readonly confirm: ConfirmRecoveryKey } {
  const keys: string[] = [];
  return {
    keys,
    confirm: async ({ recoveryKey, askedGroups }) => {
      keys.push(recoveryKey);
      return askedGroups.map((group) => recoveryKey.split("-")[group - 1]!.toLowerCase());
    },
  };
}
