import type { AccountInfo } from "../session/session-state.ts";
import type { SyncStatus } from "../status/sync-status.ts";
import type { ConflictEntry } from "../sync/conflicts.ts";
import type { WaitingRecord } from "../sync/deletions.ts";
import type { IntegrityAlarm } from "../sync/integrity.ts";
import type { SyncSettings } from "../sync/settings.ts";
import type { Statistics } from "../sync/traffic-log.ts";
import type { Sync } from "../sync/sync.ts";
import type { RemoteDevice } from "../transport/replies.ts";
import { keepSame } from "./keep-same.ts";
import { ListenerSet } from "./listener-set.ts";
import type { Live, LiveQuery } from "./live.ts";
import { createLiveQuery } from "./live-query.ts";

export interface SessionView {
  readonly state: "signed_out" | "locked" | "unlocked";
  /** Null: nobody ever signed in here. Its `endedBy` tells why the server does not take this device any more. */
  readonly account: AccountInfo | null;
}

/** What waits for a decision about deletions. */
export interface DeletionsView {
  /** This device's own, by data type. */
  readonly held: readonly { readonly dataType: string; readonly count: number }[];
  /** Another device's, or nobody's: their records are visible still. */
  readonly staged: readonly WaitingRecord[];
  /** The server does not offer them any more: they are hidden. */
  readonly unconfirmed: readonly WaitingRecord[];
}

/** All that is to be shown about a sync, beside its records. */
export interface LiveViews {
  readonly status: Live<SyncStatus>;
  readonly session: Live<SessionView>;
  readonly conflicts: LiveQuery<readonly ConflictEntry[]>;
  readonly deletions: LiveQuery<DeletionsView>;
  readonly alarms: LiveQuery<readonly IntegrityAlarm[]>;
  readonly statistics: LiveQuery<Statistics>;
  readonly settings: Live<SyncSettings>;
  /** Asks the server: when somebody begins to listen, when the session changes, and on `refresh`. */
  readonly devices: LiveQuery<readonly RemoteDevice[]>;
}

const viewsOf = new WeakMap<Sync, LiveViews>();

/** The same object for the same sync: whatever shows it shares what was read. */
export function liveViews(sync: Sync): LiveViews {
  let views = viewsOf.get(sync);
  if (views === undefined) {
    views = createLiveViews(sync);
    viewsOf.set(sync, views);
  }
  return views;
}

function createLiveViews(sync: Sync): LiveViews {
  const onEvent = (types: readonly string[]) => (refresh: () => void) =>
    sync.on(({ type }) => {
      if (types.includes(type)) refresh();
    });
  const onAttention = (kinds: readonly string[]) => (refresh: () => void) => {
    let before = attentionOf(sync.status, kinds);
    const off = sync.onStatus((status) => {
      const now = attentionOf(status, kinds);
      if (now !== before) refresh();
      before = now;
    });
    const offEvents = onEvent(["change", "session"])(refresh);
    return () => {
      off();
      offEvents();
    };
  };

  return {
    status: {
      get snapshot() {
        return sync.status;
      },
      subscribe: (listener) => sync.onStatus(listener),
    },
    session: liveSession(sync),
    conflicts: createLiveQuery({
      read: async () => await sync.conflicts.list(),
      watch: onEvent(["conflict", "change", "session"]),
    }),
    deletions: createLiveQuery({
      async read() {
        const held = [...(await sync.deletions.held())].map(([dataType, count]) => ({ dataType, count }));
        return { held, staged: await sync.deletions.staged(), unconfirmed: await sync.deletions.unconfirmed() };
      },
      watch: onAttention(["deletions_held", "deletions_staged", "unconfirmed"]),
    }),
    alarms: createLiveQuery({
      read: async () => await sync.integrity.list(),
      watch: (refresh) => {
        const offs = [onEvent(["integrity"])(refresh), onAttention(["integrity"])(refresh)];
        return () => offs.forEach((off) => off());
      },
    }),
    statistics: createLiveQuery({
      read: async () => await sync.statistics(),
      watch: (refresh) => sync.onStatus(refresh),
    }),
    settings: {
      get snapshot() {
        return sync.settings;
      },
      subscribe: (listener) => onEvent(["settings"])(listener),
    },
    devices: createLiveQuery({ read: async () => await sync.devices(), watch: onEvent(["session"]) }),
  };
}

function liveSession(sync: Sync): Live<SessionView> {
  const read = (): SessionView => {
    const { state } = sync.status;
    return { state: state === "signed_out" || state === "locked" ? state : "unlocked", account: sync.account };
  };
  let snapshot = read();
  const update = (): boolean => {
    const next = keepSame(snapshot, read());
    if (next === snapshot) return false;
    snapshot = next;
    return true;
  };
  const listeners = new ListenerSet(() =>
    sync.on(({ type }) => {
      if (type === "session" && update()) listeners.tell();
    }),
  );
  return {
    get snapshot() {
      update();
      return snapshot;
    },
    subscribe: (listener) => listeners.add(listener),
  };
}

const attentionOf = ({ attention }: SyncStatus, kinds: readonly string[]): string =>
  JSON.stringify(attention.filter(({ kind }) => kinds.includes(kind)));
