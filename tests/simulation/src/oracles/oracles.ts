import type { AccountInfo, SyncEvent } from "@owlivion/sync-client";
import type { ConflictRow } from "../../../../packages/client/src/store/rows.ts";
import { sessionKeys } from "../../../../packages/client/src/session/account-row.ts";
import type { SimReply, SimRequest, StoredCollection } from "../server/sim-server.ts";
import type { DisturbanceKind } from "../tapes/disturbances.ts";
import type { Writes } from "../world/mirror.ts";
import type { Sender } from "../world/network.ts";
import type { SimDevice } from "../world/sim-device.ts";
import type { SimProcess } from "../world/sim-process.ts";
import { writerOf } from "../world/tokens.ts";
import type { World } from "../world/world.ts";
import { BlindnessOracle } from "./blindness.ts";
import { DeviceOracle } from "./device-oracle.ts";
import { type Arrived, refreshPath, refreshTokenOf, ReplyOracle } from "./replies.ts";
import { type Moment, TokenBook } from "./token-book.ts";
import { Truth } from "./truth.ts";
import { demand } from "./violation.ts";

const sessionEnders: ReadonlySet<DisturbanceKind> = new Set(["disableAccount", "revokeDevice", "signInAsOther"]);

/** Who watches: each rule of the invariants is asked where it can first be broken. */
export class Oracles {
  readonly #world: World;
  readonly truth: Truth;
  readonly tokens = new TokenBook();
  /** Every journal entry that any device ever wrote: a sign-out erases the device's own. */
  readonly journals: string[] = [];
  /** The latest time that the server's clock showed at a cleanup. */
  cleanedAtMs = 0;
  readonly #replies: ReplyOracle;
  readonly #devices: DeviceOracle;
  /** Up to which version of a collection a device knows nothing any more of what it did: `deviceId/dataType`. */
  readonly #forgottenTo = new Map<string, number>();
  readonly #blindness = new BlindnessOracle();

  constructor(world: World) {
    this.#world = world;
    this.truth = new Truth(() => world.server.history);
    this.#replies = new ReplyOracle(this);
    this.#devices = new DeviceOracle(this.truth);
  }

  get now(): Moment {
    return { ms: this.#world.scheduler.nowMs, serverMs: this.#world.serverClock.now() };
  }

  /** Whether nobody ends a session: no person, no operator, no restore, also not this very moment. */
  get areSessionsKept(): boolean {
    const { devices, plan, begun } = this.#world;
    return (
      this.truth.cuts === 0 &&
      !begun.has("signOut") &&
      !begun.has("changePassword") &&
      !devices.some(({ hasForgotten }) => hasForgotten) &&
      !plan.weather.disturbances.some(({ kind }) => sessionEnders.has(kind))
    );
  }

  count(what: string): void {
    this.#world.happened(what);
  }

  /** Two that say they are this device, or one that forgot what it did. */
  mayRepeat(deviceId: string): boolean {
    const same = this.#world.devices.filter(({ main }) => main?.sync?.account?.deviceId === deviceId);
    return same.length !== 1 || same[0]!.hasForgotten;
  }

  /** Whether the device was signed out of everything since it wrote that version. */
  hasForgotten(deviceId: string, dataType: string, version: number): boolean {
    return version <= (this.#forgottenTo.get(`${deviceId}/${dataType}`) ?? 0);
  }

  look(): void {
    this.truth.look();
  }

  sent(_: Sender, request: SimRequest): void {
    this.#blindness.sent(request);
  }

  arrived(_: Sender, request: SimRequest): Arrived {
    this.truth.look();
    const owner = this.tokens.ownerOf(request);
    const mustRefresh =
      request.path === refreshPath && this.areSessionsKept && this.tokens.presented(refreshTokenOf(request), this.now);
    const dataType = /^\/api\/v1\/sync\/([a-z_]+)\/delta/.exec(request.path)?.[1];
    return {
      request,
      userId: owner?.userId ?? null,
      deviceId: owner?.deviceId ?? null,
      wasRevoked: this.tokens.isRevoked(request),
      mustRefresh,
      cuts: this.truth.cuts,
      head: owner === null || dataType === undefined ? 0 : this.truth.of(owner.userId, dataType).head,
    };
  }

  answered(arrived: Arrived, reply: SimReply): void {
    this.truth.look();
    this.#replies.answered(arrived, reply);
  }

  committed({ device }: SimProcess, writes: Writes): void {
    for (const { row } of writes.of("conflicts")) if (row !== undefined) this.#noteConflict(device, row);
    this.truth.look();
    this.#noteForgotten(device, writes);
    this.#devices.committed(device, writes);
  }

  #noteConflict(device: SimDevice, row: ConflictRow): void {
    this.journals.push(JSON.stringify(row));
    const world = this.#world;
    // What somebody took up again, and what was lost and came back, may meet what the device wrote since. What was answered
    // long ago is not kept.
    const strikes = ["did.signOut", "struck.absence", "struck.serverClockJump"];
    if (this.truth.cuts > 0 || world.hasBroughtBack || strikes.some((kind) => world.counts.has(kind))) return;
    if (world.devices.some(({ hasForgotten }) => hasForgotten)) return;
    for (const field of row.clashes) {
      const [local, remote] = [row.local?.[field], row.remote?.[field]];
      const isOwn = [local, remote].every((value) => typeof value === "string" && writerOf(value) === device.name);
      demand(
        !isOwn,
        "S-I6",
        () => `${device.name} is asked about ${local} and ${remote} of ${row.recordId}, both its own`,
      );
    }
  }

  #noteForgotten({ disk, person }: SimDevice, writes: Writes): void {
    const deviceId = disk.mirror.get("meta", sessionKeys.device)?.value;
    for (const { key: dataType, row } of writes.of("collections")) {
      if (row !== undefined || typeof deviceId !== "string" || person.accountId === null) continue;
      this.#forgottenTo.set(`${deviceId}/${dataType}`, this.truth.of(person.accountId, dataType).head);
    }
  }

  heard({ device }: SimProcess, event: SyncEvent): void {
    if (event.type === "unreadable")
      demand(false, "C-I10", () => `${device.name} cannot read ${event.recordId}: ${event.reason}`);
    if (event.type === "integrity") {
      demand(
        false,
        "no-false-alarm",
        () => `${device.name}: ${event.problem} of ${event.recordId} in ${event.dataType}`,
      );
    }
  }

  signedIn(device: SimDevice, account: AccountInfo): void {
    this.#devices.signedIn(device, account);
  }

  /** The device's storage is another one now. */
  forget(device: SimDevice): void {
    this.#devices.forget(device);
  }

  /** S-I9: a cleanup took tombstones away, and only those that are old enough. */
  cleaned(stored: StoredCollection, nowMs: number): void {
    this.cleanedAtMs = Math.max(this.cleanedAtMs, nowMs);
    const collection = this.truth.of(stored.userId, stored.dataType);
    const before = collection.horizon;
    this.truth.cleaned(stored, nowMs);
    if (collection.horizon > before) this.count("cleanup.purged");
  }

  /** After the operator or an accident took something of the server's history away. */
  cut(): void {
    this.truth.cut();
    this.tokens.cut();
  }
}
