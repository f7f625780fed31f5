import type { PasswordHash } from "@owlivion/sync-crypto";
import type { Platform } from "@owlivion/sync-protocol";
import { builtInDataTypes } from "../data-types/built-in-data-types.ts";
import type { DataType } from "../data-types/data-type.ts";
import type { EngineContext } from "../engine/engine-context.ts";
import { sealOutbox } from "../engine/lock-outbox.ts";
import { openWhatCanBe } from "../engine/open-what-can-be.ts";
import { hasWork } from "../engine/prepare-batch.ts";
import { SyncError, type SyncErrorCode } from "../errors.ts";
import { EventHub, type SyncEvent } from "../events/sync-event.ts";
import { type Network, systemNetwork } from "../loop/network.ts";
import { SyncLoop } from "../loop/sync-loop.ts";
import { type Ports, systemPorts } from "../ports.ts";
import { lazyArgon2id } from "../session/lazy-argon2id.ts";
import { createSession, type Session } from "../session/session.ts";
import { canSync, type SessionState } from "../session/session-state.ts";
import type { OpenStore, Store, StoreMessage } from "../store/store.ts";
import { ClockOffset } from "../transport/clock-offset.ts";
import { createApi } from "../transport/create-api.ts";
import { createEdits } from "./edits.ts";
import { SettingsKeeper } from "./settings.ts";
import { lateCalls } from "./late-parts.ts";
import { StatusKeeper } from "./status-keeper.ts";
import { createSync, type Sync } from "./sync.ts";
import { TrafficLog } from "./traffic-log.ts";

export interface SyncOptions {
  /** The server, such as `https://sync.example.com`. http:// is for this machine alone. */
  readonly url: string;
  /** Where the device keeps its records: `indexedDbStore(name)`, `sqliteStore(directory)`; in memory when absent. */
  readonly store?: OpenStore;
  /** What is synced; accounts, contacts, preferences and signatures when absent. */
  readonly dataTypes?: readonly DataType[];
  /** Tells the person's other devices what this one is. */
  readonly platform?: Platform;
  /** Whether a restart finds the keys, sealed by the platform, so that it needs no password; true when absent. */
  readonly keepKeys?: boolean;
  /** How often the server is asked while it sends no events, milliseconds, unless the settings say so; a minute when absent. */
  readonly pollMs?: number;
  /** Time, chance and the network, for tests and simulations. */
  readonly ports?: Partial<Ports>;
  readonly network?: Network;
  /** For tests alone: other costs than those of suite 1 make an account that nobody else can open. */
  readonly passwordHash?: PasswordHash;
}

const defaultPollMs = 60_000;

/** Opens the device's store and what it holds. Nothing is sent before `start` or `syncNow`. */
export async function openSync(options: SyncOptions): Promise<Sync> {
  const ports: Ports = { ...systemPorts, ...options.ports };
  const types = readTypes(options.dataTypes);
  const store = await (options.store ?? (await lateCalls()).memoryStore())();
  const clockOffset = new ClockOffset(await readClockOffset(store));
  const traffic = { sentBytes: 0, receivedBytes: 0 };
  const api = createApi({
    url: options.url,
    ports,
    clockOffset,
    tokens: () => session,
    onTraffic: (noted) => {
      traffic.sentBytes += noted.sentBytes;
      traffic.receivedBytes += noted.receivedBytes;
      trafficLog.note(noted);
    },
  });
  const events = new EventHub<SyncEvent>();
  const context: EngineContext = {
    store,
    api,
    ports,
    types,
    events,
    keyring: () => (session.state.kind === "unlocked" ? session.state.keyring : null),
    lockCount: () => session.lockCount,
    deviceId: () => session.deviceId,
    correctedNow: () => ports.clock.now() + clockOffset.offsetMs,
  };
  const status = new StatusKeeper(context);
  const trafficLog = new TrafficLog(context);
  const defaults = { isLive: true, pollMs: options.pollMs ?? defaultPollMs, pausedDataTypes: [] };
  const settings = new SettingsKeeper(store, types.keys(), defaults, () => {
    events.emit({ type: "settings" });
    void loop.restart();
  });
  const loop: SyncLoop = new SyncLoop({
    context,
    network: options.network ?? systemNetwork,
    tellStatus: (input) => {
      status.tell(input);
      if (input.type === "succeeded") void writeClockOffset(store, clockOffset.offsetMs).catch(() => {});
    },
    tellFull: (dataTypes) => status.tellQuota(dataTypes),
    canSync: () => canSync(session.state),
    settings: () => settings.current,
    onSynced: (dataType, result) => void trafficLog.settle(dataType, result).catch(() => {}),
  });
  const passwordHash = options.passwordHash ?? lazyArgon2id;
  const session: Session = createSession({
    store,
    api,
    ports,
    passwordHash,
    ...(options.platform === undefined ? {} : { platform: options.platform }),
    ...(options.keepKeys === undefined ? {} : { keepKeys: options.keepKeys }),
    hooks: {
      beforeLock: async () => await loop.stop(),
      beforeSignOut: () => sealOutbox(context),
    },
  });
  let endedBy: SyncErrorCode | null = null;
  const tellSession = (state: SessionState): void => {
    status.tell({ type: "session", session: kindOf(state) });
    const before = endedBy;
    endedBy = state.kind === "signed-out" ? null : state.account.endedBy;
    // Whatever request met it: no sync will, because none is begun any more.
    if (endedBy !== null) status.tell({ type: "failed", error: { code: endedBy, message: messageOf(endedBy) } });
    else if (before !== null) status.tell({ type: "renewed" });
  };
  session.onState((state) => {
    tellSession(state);
    events.emit({ type: "session", state: kindOf(state) });
  });
  store.onMessage((message) => void follow(message, context, loop, status, settings).catch(() => {}));
  events.on(({ type }) => {
    if (type !== "session" && type !== "error" && type !== "settings") status.recount();
  });
  try {
    await settings.load();
    await session.resume();
    if (session.state.kind === "unlocked") await openWhatCanBe(context);
  } catch (error) {
    await store.close();
    throw error;
  }
  tellSession(session.state);
  // Told when whoever opened it can have listened.
  if (store.hasLostData === true) ports.clock.schedule(0, () => events.emit({ type: "storage_lost" }));
  const edits = createEdits(context, (dataType) => loop.wish({ type: "push", dataType }));
  return createSync({
    context,
    session,
    loop,
    status,
    edits,
    traffic,
    trafficLog,
    settings,
    passwordHash,
    url: options.url,
  });
}

const messageOf = (code: SyncErrorCode): string => new SyncError(code).message;

const clockOffsetKey = "clock_offset";

/** A wrong clock is known to be wrong after a restart too, before the server answers. */
async function readClockOffset(store: Store): Promise<number> {
  const row = await store.read(["meta"], async (tx) => await tx.get("meta", clockOffsetKey));
  return typeof row?.value === "number" ? row.value : 0;
}

async function writeClockOffset(store: Store, offsetMs: number): Promise<void> {
  if ((await readClockOffset(store)) === offsetMs) return;
  await store.write(["meta"], async (tx) => await tx.put("meta", { key: clockOffsetKey, value: offsetMs }));
}

function readTypes(given: readonly DataType[] | undefined): ReadonlyMap<string, DataType> {
  const list = given ?? (Object.values(builtInDataTypes()) as unknown as readonly DataType[]);
  const types = new Map(list.map((type) => [type.name, type]));
  const bad = list.find(({ name }) => !/^[a-z][a-z0-9_]{0,31}$/.test(name));
  if (bad !== undefined)
    throw new SyncError("UNKNOWN_DATA_TYPE", { message: `A data type cannot be called ${bad.name}.` });
  return types;
}

export function kindOf({ kind }: SessionState): "signed_out" | "locked" | "unlocked" {
  return kind === "signed-out" ? "signed_out" : kind;
}

/** What another tab or process on this store did. */
async function follow(
  message: StoreMessage,
  context: EngineContext,
  loop: SyncLoop,
  status: StatusKeeper,
  settings: SettingsKeeper,
): Promise<void> {
  switch (message.type) {
    case "changed":
      context.events.emit({ type: "change", dataType: message.dataType, recordIds: message.recordIds });
      return;
    case "edited":
      loop.wish({ type: "push", dataType: message.dataType });
      return;
    case "wanted":
      loop.wish({ type: "everything" });
      return;
    case "unknown":
      for (const dataType of context.types.keys()) {
        context.events.emit({ type: "change", dataType, recordIds: null });
        const isWaiting = await context.store.read(["outbox", "batches"], async (tx) => await hasWork(tx, dataType));
        if (isWaiting) loop.wish({ type: "push", dataType });
      }
      if (await loop.isWanted()) loop.wish({ type: "everything" });
      return;
    case "state":
      status.recount();
      await settings.load();
      return;
    case "status":
      status.recount();
  }
}
