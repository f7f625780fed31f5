import type { PasswordHash } from "@owlivion/sync-crypto";
import type { DataType, RecordFields } from "../data-types/data-type.ts";
import { typeOf, type EngineContext } from "../engine/engine-context.ts";
import { restoreViews } from "../engine/lock-outbox.ts";
import { retryUnreadable } from "../engine/decide-marks.ts";
import { tellApplied } from "../engine/commit-rows.ts";
import { appliedTables } from "../engine/apply-rows.ts";
import type { SyncEvent } from "../events/sync-event.ts";
import type { RunResult } from "../loop/run-sync.ts";
import type { RunNowOptions, SyncLoop } from "../loop/sync-loop.ts";
import type { Session } from "../session/session.ts";
import { type AccountInfo, canSync } from "../session/session-state.ts";
import type { SyncStatus } from "../status/sync-status.ts";
import { type Collection, createCollection } from "./collection.ts";
import { type Conflicts, createConflicts } from "./conflicts.ts";
import { createDeletions, type Deletions } from "./deletions.ts";
import type { Edits } from "./edits.ts";
import type { SettingsKeeper, SyncSettings } from "./settings.ts";
import type { Statistics, TrafficLog } from "./traffic-log.ts";
import { createLateParts, type LateParts } from "./late-parts.ts";
import type { StatusKeeper } from "./status-keeper.ts";

/** The session's calls, as an application uses them: after each the device looks as the account does. */
export type SessionCalls = Pick<
  Session,
  | "signUp"
  | "signIn"
  | "signOut"
  | "lock"
  | "unlock"
  | "changePassword"
  | "newRecoveryKey"
  | "recover"
  | "rebuildAccount"
  | "devices"
  | "revokeDevice"
  | "deleteAccount"
>;

/** A device's synced records: the one object an application holds. */
export interface Sync extends SessionCalls, LateParts {
  /** The records of a data type, one of those given to `openSync`. */
  collection<T extends object = RecordFields>(type: string | DataType<T>): Collection<T>;
  /** Begins to sync by itself: live, with polling where events do not come. */
  start(): void;
  /** Ends it; edits are kept and sent later. */
  stop(): Promise<void>;
  /** Syncs once, now. Rejects with what stopped it; what is not sent is kept. */
  syncNow(options?: RunNowOptions): Promise<RunResult>;
  readonly status: SyncStatus;
  onStatus(listener: (status: SyncStatus) => void): () => void;
  on(listener: (event: SyncEvent) => void): () => void;
  readonly conflicts: Conflicts;
  readonly deletions: Deletions;
  /** Null: nobody ever signed in here. */
  readonly account: AccountInfo | null;
  /** Bytes of bodies since it was opened. */
  readonly traffic: { readonly sentBytes: number; readonly receivedBytes: number };
  /** What was transferred, by data type and by day, since this device was signed in. */
  statistics(): Promise<Statistics>;
  readonly settings: SyncSettings;
  /** Kept on this device, and told to other tabs. Throws UNKNOWN_DATA_TYPE. */
  changeSettings(changes: Partial<SyncSettings>): Promise<void>;
  /** Of this device, in the order of `openSync`. */
  readonly dataTypes: readonly string[];
  /** Ends everything and closes the store. Nothing can be called afterwards. */
  close(): Promise<void>;
}

export interface SyncParts {
  readonly context: EngineContext;
  readonly session: Session;
  readonly loop: SyncLoop;
  readonly status: StatusKeeper;
  readonly edits: Edits;
  readonly passwordHash: PasswordHash;
  readonly traffic: { readonly sentBytes: number; readonly receivedBytes: number };
  readonly trafficLog: TrafficLog;
  readonly settings: SettingsKeeper;
  readonly url: string;
}

export function createSync(parts: SyncParts): Sync {
  const { context, session, loop, status, edits, traffic, trafficLog, settings, passwordHash } = parts;
  const collections = new Map<string, Collection>();
  let isStarted = false;

  /** What was sealed away is visible again, and what could not be opened may be now. */
  const afterUnlock = async (): Promise<void> => {
    if (session.state.kind !== "unlocked") return;
    await restoreViews(context);
    for (const dataType of context.types.keys()) {
      const applied = await context.store.write(
        appliedTables,
        async (tx) => await retryUnreadable(context, tx, dataType),
      );
      if (applied !== null) tellApplied(context, dataType, applied);
    }
    if (isStarted) loop.start();
  };
  let isUnlocking = false;
  const unlocking =
    <Input>(call: (input: Input) => Promise<void>) =>
    async (input: Input): Promise<void> => {
      isUnlocking = true;
      try {
        await call(input);
      } finally {
        isUnlocking = false;
      }
      await afterUnlock();
    };
  // Another tab signed in or unlocked: whichever of them syncs goes on.
  let couldSync = canSync(session.state);
  session.onState((state) => {
    const isBack = canSync(state) && !couldSync;
    couldSync = canSync(state);
    if (isBack && isStarted && !isUnlocking) loop.start();
  });

  return {
    signUp: unlocking((input) => session.signUp(input)),
    signIn: unlocking((input) => session.signIn(input)),
    unlock: unlocking((input) => session.unlock(input)),
    recover: unlocking((input) => session.recover(input)),
    rebuildAccount: unlocking((input) => session.rebuildAccount(input)),
    changePassword: (input) => session.changePassword(input),
    newRecoveryKey: (input) => session.newRecoveryKey(input),
    signOut: (input) => session.signOut(input),
    lock: () => session.lock(),
    devices: () => session.devices(),
    revokeDevice: (deviceId, input) => session.revokeDevice(deviceId, input),
    deleteAccount: (input) => session.deleteAccount(input),
    collection<T extends object>(type: string | DataType<T>): Collection<T> {
      const dataType = typeof type === "string" ? type : type.name;
      let collection = collections.get(dataType);
      if (collection === undefined) {
        collection = createCollection(context, edits, typeOf(context, dataType) as DataType<RecordFields>);
        collections.set(dataType, collection);
      }
      return collection as unknown as Collection<T>;
    },
    start() {
      isStarted = true;
      if (session.state.kind === "unlocked") loop.start();
    },
    async stop() {
      isStarted = false;
      await loop.stop();
    },
    async syncNow(options) {
      const result = await loop.runNow(options);
      await status.counted();
      return result;
    },
    get status() {
      return status.status;
    },
    onStatus: (listener) => status.changes.on(listener),
    on: (listener) => context.events.on(listener),
    conflicts: createConflicts(context, edits),
    deletions: createDeletions(context, edits),
    ...createLateParts({
      context,
      edits,
      session,
      passwordHash,
      syncNow: (signal) => loop.runNow(signal === undefined ? {} : { signal }),
    }),
    get account() {
      return session.state.kind === "signed-out" ? null : session.state.account;
    },
    traffic,
    statistics: () => trafficLog.read(),
    get settings() {
      return settings.current;
    },
    changeSettings: (changes) => settings.change(changes),
    dataTypes: [...context.types.keys()],
    async close() {
      isStarted = false;
      await loop.stop();
      await trafficLog.flush();
      await session.close();
      status.tell({ type: "closed" });
      await context.store.close();
    },
  };
}
