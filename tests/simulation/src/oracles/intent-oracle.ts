import { type Content, hashEnvelope, type Keyring, readHeader } from "@owlivion/sync-crypto";
import type { CommittedChange } from "../server/sim-server.ts";
import type { SimDevice } from "../world/sim-device.ts";
import { mayLoseSilently } from "../world/tokens.ts";
import type { World } from "../world/world.ts";
import { demand } from "./violation.ts";

/** What was committed, opened: with the account's own keys, by another way than any device's. */
interface Opened {
  readonly entry: CommittedChange;
  readonly content: Content;
  readonly text: string;
}

/** What persons meant is somewhere (C-I5), in its order (C-I6), and merged as the rule says (C-I11). */
export function checkIntents(world: World, userId: string, devices: readonly SimDevice[], keyring: Keyring): void {
  const opened = world.server.history
    .filter((entry) => entry.userId === userId && entry.envelope.length > 0)
    .map((entry): Opened => {
      const { content } = keyring.collection(entry.dataType).open(entry.recordId, entry.envelope);
      return { entry, content, text: JSON.stringify(content) };
    });
  checkKept(world, devices, opened);
  if (!world.devices.some(({ hasForgotten }) => hasForgotten)) checkStampedValues(opened);
  if (world.oracles.truth.cuts > 0) return;
  checkOrder(world, opened);
  // What was brought back may be what an edit elsewhere was made on: then that edit is the only one.
  if (world.areClocksRight && !world.hasBroughtBack) checkStamps(opened);
}

/** C-I5: every value is in the history, in a journal, in sight, or was written over before it was sent. */
function checkKept(world: World, devices: readonly SimDevice[], opened: readonly Opened[]): void {
  const shown = devices.flatMap(({ disk }) => disk.mirror.all("views").map((row) => JSON.stringify(row.fields)));
  const kept = opened.filter(({ entry }) => !entry.isLost).map(({ text }) => text);
  const somewhere = [...kept, ...world.oracles.journals, ...shown].join("\n");
  const names = new Set(devices.map(({ name }) => name));
  const lastLost = newestLost(opened);
  const continued = continuedBy(opened);
  // A device that forgot, or was signed out of everything, may have been the only one that had it.
  const mayBeGone = world.devices.some(({ hasForgotten }) => hasForgotten) || world.counts.has("did.signOut");
  for (const intent of world.intents.all) {
    if (!names.has(intent.device) || intent.state !== "done" || intent.isCoalesced || intent.isForgotten) continue;
    if (somewhere.includes(intent.token) || mayLoseSilently(intent)) continue;
    const lost = opened.filter(({ entry, text }) => entry.isLost && text.includes(intent.token));
    if (lost.length > 0) {
      // Its place was taken by somebody who saw it: that is what must be there, and is looked for by itself.
      if (intent.isRemoved || intent.replacedBy?.state === "done") continue;
      // Written over by something else that the server lost: its successor is what must come back.
      const isReplaced = lost.every(
        ({ entry }) =>
          continued.has(hashOf(entry)) ||
          lastLost.get(`${entry.dataType}/${entry.recordId}`)?.includes(intent.token) === false,
      );
      if (isReplaced || mayBeGone) continue;
    }
    demand(
      false,
      "C-I5",
      () => `${intent.token} in ${intent.recordId}.${intent.field} of ${intent.dataType} is nowhere`,
    );
  }
}

/**
 * The envelopes that something that stands was made on, and those that these were made on, and so on. By their bytes: what was lost
 * and sent again is in the history more than once.
 */
function continuedBy(opened: readonly Opened[]): Set<string> {
  const byHash = new Map(opened.map(({ entry }) => [hashOf(entry), entry]));
  const continued = new Set<string>();
  for (const { entry } of opened) {
    if (entry.isLost) continue;
    for (let next: CommittedChange | undefined = entry; next !== undefined;) {
      const { prevHash } = readHeader(next.envelope);
      if (prevHash === null || continued.has(hex(prevHash))) break;
      continued.add(hex(prevHash));
      next = byHash.get(hex(prevHash));
    }
  }
  return continued;
}

const hashOf = ({ envelope }: CommittedChange): string => hex(hashEnvelope(envelope));
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

function newestLost(opened: readonly Opened[]): Map<string, string> {
  const newest = new Map<string, string>();
  for (const { entry, text } of opened) if (entry.isLost) newest.set(`${entry.dataType}/${entry.recordId}`, text);
  return newest;
}

/** C-I6: what one device wrote in one field comes in the order in which it was written. */
function checkOrder(world: World, opened: readonly Opened[]): void {
  if (world.hasBroughtBack) return;
  const orders = new Map<string, number>();
  for (const { entry, content } of opened) {
    if (content.kind !== "put") {
      // Somebody who did not know of the deletion may go on from an older state: that is kept, and shown.
      const record = `/${entry.dataType}/${entry.recordId}/`;
      for (const place of orders.keys()) if (place.includes(record)) orders.delete(place);
      continue;
    }
    for (const [field, value] of Object.entries(content.fields)) {
      const found = typeof value === "string" ? /-([A-Z]\d*)-(\d+)\.$/.exec(value) : null;
      if (found === null || field === "tags") continue;
      const [, name] = found;
      const device = world.devices.find((each) => each.name === name);
      if (device === undefined || device.hasForgotten) continue;
      const place = `${name}/${entry.dataType}/${entry.recordId}/${field}`;
      const last = orders.get(place) ?? 0;
      const order = world.intents.orderOf(value as string);
      demand(order >= last, "C-I6", () => `${place}: what was written ${order}. after what was written ${last}.`);
      orders.set(place, order);
    }
  }
}

/** C-I11: whoever takes a value takes its stamp with it: two values of one stamp were merged by another rule. */
function checkStampedValues(opened: readonly Opened[]): void {
  const values = new Map<string, string>();
  for (const { entry, content } of opened) {
    if (content.kind !== "put") continue;
    for (const [field, { wallMs, counter, device }] of Object.entries(content.stamps)) {
      // A set is merged of both.
      if (field === "tags") continue;
      const place = `${entry.dataType}/${entry.recordId}.${field}`;
      const stamp = `${place} ${wallMs}/${counter}/${device}`;
      const value = JSON.stringify(content.fields[field] ?? null);
      const before = values.get(stamp) ?? value;
      demand(before === value, "C-I11", () => `${stamp} in v${entry.version} is of ${value}, and was of ${before}`);
      values.set(stamp, value);
    }
  }
}

/** C-I11: whoever merges takes the newer stamp, whichever side it is on: along a record's life a field's stamp never goes back. */
function checkStamps(opened: readonly Opened[]): void {
  const stamps = new Map<string, Extract<Content, { kind: "put" }>["stamps"]>();
  for (const { entry, content } of opened) {
    const place = `${entry.dataType}/${entry.recordId}`;
    if (content.kind !== "put") {
      stamps.delete(place);
      continue;
    }
    const before = stamps.get(place) ?? {};
    for (const [field, stamp] of Object.entries(content.stamps)) {
      const old = before[field];
      const isOlder =
        old !== undefined &&
        (stamp.wallMs < old.wallMs || (stamp.wallMs === old.wallMs && stamp.counter < old.counter));
      demand(
        !isOlder,
        "C-I11",
        () => `${place}.${field} v${entry.version} went from ${JSON.stringify(old)} back to ${JSON.stringify(stamp)}`,
      );
    }
    stamps.set(place, content.stamps);
  }
}
