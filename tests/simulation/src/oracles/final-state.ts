import { Keyring, keyBundleOf, SetHash } from "@owlivion/sync-crypto";
import type { Account } from "../../../../packages/client/src/session/account-row.ts";
import { dataTypeNames } from "../world/sim-data-types.ts";
import type { SimDevice } from "../world/sim-device.ts";
import { restlessDevice } from "../world/wind-down.ts";
import type { World } from "../world/world.ts";
import { checkIntents } from "./intent-oracle.ts";
import { demand } from "./violation.ts";

/** What must hold when everything has come to rest: a new device finds what all have, and nothing was lost. */
export async function checkFinalState(world: World): Promise<void> {
  const devices = [...world.devices];
  for (const person of world.persons) {
    const own = devices.filter((device) => device.main?.sync?.account?.accountId === person.accountId);
    if (person.accountId === null || own.length === 0) continue;
    const fresh = world.addDevice(
      { account: person.number, skewMs: 0, driftPpm: 0, isLive: true },
      100 + person.number,
    );
    await world.until(
      fresh.openApp().then(() => fresh.settle()),
      30_000,
    );
    const isThere = await world.runUntil(() => restlessDevice(world, fresh) === null, 60_000);
    demand(isThere, "S-I10", () => `a new device does not come to rest: it ${restlessDevice(world, fresh)}`);
    const keyring = await keyringOf(fresh);
    await checkAgreement(world, fresh, own);
    for (const device of [...own, fresh]) checkSound(device, keyring);
    await checkServer(world, person.accountId, fresh, keyring);
    checkIntents(world, person.accountId, [...own, fresh], keyring);
  }
}

async function keyringOf(device: SimDevice): Promise<Keyring> {
  const account = device.disk.mirror.get("meta", "session/account")!.value as Account;
  return new Keyring(keyBundleOf(await device.disk.protector.unprotect(account.keys!)), account.accountId);
}

/** C-I8, C-I11: byte for byte the same, in the application's eyes and in the set hash. */
async function checkAgreement(world: World, fresh: SimDevice, own: readonly SimDevice[]): Promise<void> {
  const expected = await shownBy(world, fresh);
  for (const device of own) {
    const shown = await shownBy(world, device);
    demand(shown === expected, "C-I8", () => `${device.name} shows ${shown}, a new device ${expected}`);
    for (const dataType of dataTypeNames) {
      const [here, there] = [device, fresh].map((each) => summaryOf(each, dataType));
      demand(here === there, "C-I8", () => `${dataType} on ${device.name} is ${here}, on a new device ${there}`);
    }
  }
}

function summaryOf(device: SimDevice, dataType: string): string {
  const row = device.disk.mirror.get("collections", dataType);
  if (row === undefined || row.position === 0) return "empty";
  return `v${row.position} ${row.count} ${Buffer.from(row.setHash).toString("hex")}`;
}

async function shownBy(world: World, device: SimDevice): Promise<string> {
  const read = async (): Promise<string> => {
    const all: string[] = [];
    for (const dataType of dataTypeNames) {
      for await (const record of device.main!.sync!.collection(dataType).iterate()) {
        all.push(
          `${dataType}/${record.id} ${JSON.stringify(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))}`,
        );
      }
    }
    return all.sort().join("\n");
  };
  return (await world.until(read(), 10_000))!;
}

/** The store agrees with itself: the set hash is that of the rows, and everything visible comes from somewhere. */
function checkSound(device: SimDevice, keyring: Keyring): void {
  const { mirror } = device.disk;
  for (const collection of mirror.all("collections")) {
    const keys = keyring.collection(collection.key);
    const counted = mirror.all("records").filter((row) => row.isCounted && row.key.startsWith(`${collection.key}/`));
    const sum = SetHash.empty();
    for (const { recordId, hash } of counted) sum.add(keys.setHashTerm(recordId, hash!));
    const isSame = Buffer.compare(sum.toBytes(), collection.setHash) === 0 && counted.length === collection.count;
    demand(isSame, "sound-set-hash", () => `${collection.key} on ${device.name}`);
  }
  for (const { key } of mirror.all("views")) {
    demand(
      mirror.get("records", key)?.kind === "put",
      "sound-views",
      () => `${key} on ${device.name} comes from nowhere`,
    );
  }
}

/** S-I1, S-I12 and the way back: what the server holds is what was committed, and its counters say so. */
async function checkServer(world: World, userId: string, fresh: SimDevice, keyring: Keyring): Promise<void> {
  let records = 0;
  let bytes = 0;
  let counted = { records: 0, bytes: 0 };
  for (const dataType of dataTypeNames) {
    const truth = world.oracles.truth.of(userId, dataType);
    const stored = await world.server.readCollection(userId, dataType);
    demand(
      stored.head === truth.head,
      "S-I3",
      () => `${dataType}: the head is ${stored.head}, and ${truth.head} were committed`,
    );
    counted = { records: stored.accountRecords, bytes: stored.accountBytes };
    const live = [...truth.current.values()].filter(({ changeType }) => changeType !== "delete");
    demand(
      live.length === stored.records.length,
      "S-I3",
      () => `${dataType}: ${stored.records.length} records, not ${live.length}`,
    );
    const byId = new Map(stored.records.map((record) => [record.recordId, record]));
    for (const entry of live) {
      const record = byId.get(entry.recordId);
      const isSame = record?.version === entry.version && Buffer.compare(record.envelope, entry.envelope) === 0;
      demand(
        isSame,
        "S-I3",
        () => `${dataType}/${entry.recordId} v${entry.version} is v${record?.version} at the server`,
      );
      records += 1;
      bytes += entry.envelope.length;
      const { content } = keyring.collection(dataType).open(entry.recordId, entry.envelope);
      const view = fresh.disk.mirror.get("views", `${dataType}/${entry.recordId}`);
      const isShown = content.kind === "put" && view !== undefined && sameFields(content.fields, view.fields);
      demand(isShown, "C-I8", () => `${dataType}/${entry.recordId} v${entry.version} is not what a new device shows`);
    }
  }
  const hasRows = records > 0 || counted.records > 0;
  demand(
    !hasRows || counted.records === records,
    "S-I12",
    () => `${counted.records} records are counted, and there are ${records}`,
  );
  demand(
    !hasRows || counted.bytes === bytes,
    "S-I12",
    () => `${counted.bytes} bytes are counted, and there are ${bytes}`,
  );
}

const sameFields = (a: object, b: object): boolean => sorted(a) === sorted(b);
const sorted = (value: object): string => JSON.stringify(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
