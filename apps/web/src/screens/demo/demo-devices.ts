import { type Contact, openSync, type Sync, systemPorts } from "@owlivion/sync-client";
import { createPretendNetwork, type PretendNetwork } from "./pretend-network.ts";

export interface DemoDevice {
  readonly sync: Sync;
  readonly pretend: PretendNetwork;
}

export interface Demo {
  readonly devices: readonly [DemoDevice, DemoDevice];
  /** Erases the account. */
  end(): Promise<void>;
}

/**
 * A throwaway account with two devices in this page, on the real server, through the real SDK; what they hold is in memory. The
 * recovery key is thrown away as well.
 */
export async function startDemo(names: readonly [string, string]): Promise<Demo> {
  const email = `demo-${crypto.randomUUID()}@example.com`;
  const password = `${crypto.randomUUID()} ${crypto.randomUUID()}`;
  const first = await openDevice();
  const second = await openDevice();
  await first.sync.signUp({
    email,
    password,
    deviceName: names[0],
    confirmRecoveryKey: async ({ recoveryKey, askedGroups }) => {
      const groups = recoveryKey.split("-");
      return askedGroups.map((group) => groups[group - 1] ?? "");
    },
  });
  await first.sync.collection<Contact>("contacts").putMany([
    { name: "Ada Lovelace", emails: ["ada@example.com"], company: "Analytical Engines" },
    { name: "Cahit Arf", emails: ["cahit@example.com"], company: "İstanbul Üniversitesi" },
  ]);
  first.sync.start();
  await second.sync.signIn({ email, password, deviceName: names[1] });
  second.sync.start();
  const devices = [first, second] as const;
  return {
    devices,
    async end() {
      for (const { pretend } of devices) pretend.setOnline(true);
      await first.sync.deleteAccount({ password });
      for (const { sync } of devices) await sync.close();
    },
  };
}

async function openDevice(): Promise<DemoDevice> {
  const pretend = createPretendNetwork();
  const sync = await openSync({
    url: location.origin,
    platform: "web",
    network: pretend.network,
    ports: { ...systemPorts, fetch: pretend.fetch },
  });
  return { sync, pretend };
}
