import { randomUUID } from "node:crypto";
import { exposeKeyBundle } from "@owlivion/sync-crypto";
import { deriveLogin, unwrapKeyBundle } from "@owlivion/sync-crypto/account";
import { insecurePasswordHashForTests } from "@owlivion/sync-crypto/testing";
import type { Person } from "../device/device.ts";
import type { Driver, RemoteDevice } from "../device/driver.ts";
import { nodeDriver } from "../device/node-driver.ts";
import { HostileServer } from "../server/hostile-server.ts";
import { canary } from "./canaries.ts";

export interface WorldOptions {
  /** Changes of the other device that the victim has not seen yet; true when absent. */
  readonly news?: boolean;
  /** Whether the other device proved its news; true when absent. */
  readonly provesNews?: boolean;
  /** Whether the victim has ever seen a proof; true when absent. */
  readonly proved?: boolean;
}

/**
 * One person with two devices, on the real server, behind a server that is still honest. The victim has `ada`, `grace`, `alan`,
 * `barbara`, each with a past of two revisions, and the tombstone of `edsger`. The other device's news: `ada` edited once more,
 * `barbara` deleted, `kathleen` new.
 */
export interface World {
  readonly server: HostileServer;
  readonly person: Person;
  readonly recoveryKey: string;
  readonly victim: RemoteDevice;
  readonly victimId: string;
  /** In Node, whatever the driver: the attack is not on it. */
  readonly other: RemoteDevice;
  readonly otherId: string;
  readonly accountId: string;
  /** Record ids by name. */
  readonly ids: Readonly<Record<Name, string>>;
  /** What the device may never send. */
  readonly secrets: readonly (string | Uint8Array)[];
  /** Another device of the person, not signed in. */
  openDevice(): Promise<RemoteDevice>;
  /** A person whom the server's operator is: an account, with records, on the same server. */
  signUpMallory(): Promise<Mallory>;
  close(): Promise<void>;
}

export interface Mallory {
  readonly person: Person;
  readonly device: RemoteDevice;
  readonly accountId: string;
  readonly recordId: string;
}

const names = ["ada", "grace", "alan", "barbara", "edsger", "kathleen"] as const;
export type Name = (typeof names)[number];

const newPerson = (): Person => ({
  email: `person-${randomUUID()}@example.com`,
  password: `long enough ${canary("p")}`,
});

const idOf = async (device: RemoteDevice): Promise<{ accountId: string; deviceId: string }> =>
  (await device.account()).account!;

export async function buildWorld(driver: Driver, realUrl: string, options: WorldOptions = {}): Promise<World> {
  const { news = true, provesNews = true, proved = true } = options;
  const server = await HostileServer.start(realUrl);
  const devices: RemoteDevice[] = [];
  const open = async (where: Driver): Promise<RemoteDevice> => {
    const device = await where.open(server.url);
    devices.push(device);
    return device;
  };
  const person = newPerson();
  const words = [canary("n"), canary("m"), canary("t"), canary("k"), canary("v")];
  const [name, mail, note, key, value] = words as [string, string, string, string, string];

  const victim = await open(driver);
  const { code, recoveryKey } = await victim.signUp(person);
  if (code !== "ok") throw new Error(`signing up: ${code}`);
  const other = await open(nodeDriver);
  await other.signIn(person);
  const ids: Record<string, string> = {};
  for (const each of names.slice(0, 5)) {
    ids[each] = await victim.put({ name: `${each} ${name}`, emails: [`${each}${mail}@example.com`], notes: note });
  }
  await victim.putPreference(key, value);
  await victim.syncNow();
  await other.syncNow();
  for (const each of names.slice(0, 4)) await other.patch(ids[each]!, { notes: `${each} second ${note}` });
  await other.delete(ids["edsger"]!);
  await other.syncNow({ prove: proved });
  await victim.syncNow();
  if (news) {
    await other.patch(ids["ada"]!, { notes: `ada third ${note}` });
    await other.delete(ids["barbara"]!);
    ids["kathleen"] = await other.put({ name: `kathleen ${name}`, emails: [`kathleen${mail}@example.com`] });
    await other.syncNow({ prove: provesNews });
  }
  const { accountId, deviceId: victimId } = await idOf(victim);
  const { deviceId: otherId } = await idOf(other);
  const keys = await keysOf(server, person, accountId);

  return {
    server,
    person,
    recoveryKey,
    victim,
    victimId,
    other,
    otherId,
    accountId,
    ids: ids as Record<Name, string>,
    secrets: [person.password, recoveryKey, recoveryKey.replaceAll("-", ""), ...words, ...keys],
    openDevice: () => open(driver),
    async signUpMallory() {
      const mallory = newPerson();
      const device = await open(nodeDriver);
      await device.signUp(mallory);
      const recordId = await device.put({ name: "mallory", emails: ["mallory@example.com"], notes: "of another" });
      await device.syncNow({ prove: true });
      return { person: mallory, device, recordId, accountId: (await idOf(device)).accountId };
    },
    async close() {
      for (const device of devices) await device.close();
      server.close();
    },
  };
}

/** The account's keys, as only the person can open them: to look for them in what the devices send. */
async function keysOf(server: HostileServer, person: Person, accountId: string): Promise<Uint8Array[]> {
  const signUp = server.past.find(({ asked }) => asked.path === "/auth/register")!.asked.body as {
    kdf_seed: string;
    keys: { password_wrap: string };
  };
  const seed = Buffer.from(signUp.kdf_seed, "base64");
  const { kek } = await deriveLogin({ ...person, suite: 1, seed }, insecurePasswordHashForTests);
  const bundle = unwrapKeyBundle(kek, accountId, Buffer.from(signUp.keys.password_wrap, "base64"));
  return [
    kek.exposeSecretBytes(),
    bundle.idKey.exposeSecretBytes(),
    ...bundle.accountKeys.map((entry) => entry.key.exposeSecretBytes()),
    exposeKeyBundle(bundle),
  ].map((bytes) => bytes.slice());
}
