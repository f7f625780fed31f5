import type {
  ConflictEntry,
  DeletionsView,
  HistoryEntry,
  IntegrityAlarm,
  RemoteDevice,
  RestoreChange,
  Statistics,
  SyncStatus,
} from "@owlivion/sync-client";

// Data alone: what the components get from the SDK, made up.

export const now = new Date("2026-11-22T20:15:00Z");
const ago = (minutes: number): number => now.getTime() - minutes * 60_000;
const isoAgo = (minutes: number): string => new Date(ago(minutes)).toISOString();

const common = { waiting: 0, attention: [], lastSyncMs: ago(3) };
const offline = { code: "OFFLINE", message: "" } as const;

export const statuses: Readonly<Record<string, SyncStatus>> = {
  "signed out": { ...common, lastSyncMs: null, state: "signed_out" },
  locked: { ...common, state: "locked" },
  idle: { ...common, state: "idle" },
  "idle, edits wait": { ...common, waiting: 2, state: "idle" },
  "never synced": { ...common, lastSyncMs: null, state: "idle" },
  syncing: { ...common, state: "syncing", progress: null },
  "first download": {
    ...common,
    state: "syncing",
    progress: { dataType: "contacts", records: 4200, bytes: 1_900_000, totalRecords: 10_000 },
  },
  "first download, size unknown": {
    ...common,
    state: "syncing",
    progress: { dataType: "contacts", records: 1, bytes: 300, totalRecords: null },
  },
  offline: { ...common, state: "offline", reason: offline, retryAtMs: ago(-1) },
  "offline, edits wait": { ...common, waiting: 12, state: "offline", reason: offline, retryAtMs: null },
  "attention needed": {
    ...common,
    state: "idle",
    attention: [
      { kind: "conflicts", dataType: "contacts", count: 3 },
      { kind: "deletions_held", dataType: "contacts", count: 120 },
      { kind: "deletions_staged", dataType: "signatures", count: 1 },
      { kind: "unreadable", dataType: "accounts", count: 1 },
      { kind: "unconfirmed", dataType: "contacts", count: 7 },
      { kind: "edits_held", dataType: "contacts", count: 1 },
      { kind: "quota", dataType: "contacts", count: 1 },
    ],
  },
  alarm: { ...common, state: "idle", attention: [{ kind: "integrity", dataType: "contacts", count: 1 }] },
  error: { ...common, waiting: 1, state: "error", error: { code: "SESSION_REVOKED", message: "" } },
  "an error without words": {
    ...common,
    state: "error",
    error: { code: "INVALID_REPLY", message: "The server's answer breaks the protocol; nothing of it was taken over." },
  },
  closed: { ...common, state: "closed" },
};

const devices = { laptop: "7d4f4b0e-5f0a-4a44-9d57-0f6c1c0c9a01", phone: "1f9a2c3d-0000-4a44-9d57-0f6c1c0c9a02" };
export const deviceName = (id: string): string | undefined =>
  id === devices.laptop ? "Ada's laptop" : id === devices.phone ? "Phone" : undefined;

const base = { name: "Ada Byron", title: "Countess", notes: "Met in London", emails: ["ada@example.com"] };
export const conflicts: Readonly<Record<string, ConflictEntry>> = {
  "several fields": {
    id: "contacts/a/1",
    dataType: "contacts",
    recordId: "a",
    kind: "fields",
    base,
    local: { ...base, name: "Ada Lovelace", title: "Lady", notes: "Met in London\nWrites programs" },
    remote: { ...base, name: "Ada King", emails: ["ada@example.com", "ada@lovelace.example"] },
    proposed: {
      ...base,
      name: "Ada King",
      title: "Lady",
      notes: "Met in London\nWrites programs",
      emails: ["ada@example.com", "ada@lovelace.example"],
    },
    fields: ["name"],
    remoteDeviceId: devices.phone,
    sinceMs: ago(30),
  },
  "fields of every kind": {
    id: "contacts/b/1",
    dataType: "contacts",
    recordId: "b",
    kind: "fields",
    base: { name: "Grace", birthday: "1906-12-09" },
    local: { name: "Grace Hopper", birthday: "1906-12-09", favourite: true, photo: "data:image/png;base64,AA==" },
    remote: {
      name: "Rear Admiral Grace Brewster Murray Hopper",
      favourite: false,
      company: "Eckert–Mauchly Computer Corporation",
    },
    proposed: { name: "Grace Hopper", favourite: true, company: "Eckert–Mauchly Computer Corporation" },
    fields: ["name", "favourite", "birthday"],
    remoteDeviceId: null,
    sinceMs: ago(3000),
  },
  "deleted there": {
    id: "contacts/c/1",
    dataType: "contacts",
    recordId: "c",
    kind: "edit_kept",
    base,
    local: { ...base, notes: "Call back" },
    remote: null,
    proposed: { ...base, notes: "Call back" },
    fields: [],
    remoteDeviceId: devices.laptop,
    sinceMs: ago(90),
  },
  "unreadable there": {
    id: "accounts/d/1",
    dataType: "accounts",
    recordId: "d",
    kind: "unreadable",
    base: null,
    local: { email: "ada@example.com", imapHost: "imap.example.com", imapPort: 993 },
    remote: null,
    proposed: { email: "ada@example.com" },
    fields: [],
    remoteDeviceId: null,
    sinceMs: ago(5),
  },
};

export const remoteDevices: readonly RemoteDevice[] = [
  device(devices.laptop, "Ada's laptop", "linux", 0, true),
  device(devices.phone, "Phone", "android", 14, false),
  device("2", null, "web", 60 * 24 * 40, false),
  { ...device("3", "Old tablet", "ios", 60 * 24 * 200, false), isActive: false },
];

function device(
  deviceId: string,
  deviceName: string | null,
  platform: RemoteDevice["platform"],
  minutes: number,
  isCurrent: boolean,
): RemoteDevice {
  const at = isoAgo(minutes);
  return {
    deviceId,
    deviceName,
    platform,
    lastSyncAt: at,
    lastSeenAt: at,
    createdAt: isoAgo(60 * 24 * 300),
    isActive: true,
    isCurrent,
  };
}

const entry = { deviceId: devices.laptop, kind: "put", problem: null, isCurrent: false, isLinked: true } as const;
export const history: readonly HistoryEntry[] = [
  {
    ...entry,
    version: 9,
    changedAt: isoAgo(4),
    fields: { name: "Ada Lovelace", notes: "Writes programs" },
    changes: ["name", "notes"],
    isCurrent: true,
  },
  {
    ...entry,
    version: 7,
    changedAt: isoAgo(300),
    deviceId: devices.phone,
    fields: { name: "Ada King", notes: "Met in London" },
    changes: ["name"],
  },
  { ...entry, version: 6, changedAt: isoAgo(800), kind: "deleted", fields: null, changes: [] },
  {
    ...entry,
    version: 4,
    changedAt: isoAgo(4000),
    fields: null,
    changes: null,
    problem: "UNREADABLE",
    isLinked: false,
  },
  { ...entry, version: 2, changedAt: isoAgo(9000), deviceId: "gone", fields: { name: "Ada Byron" }, changes: ["name"] },
];

export const restoreCounts = { bringBack: 1, revert: 1, remove: 1, unchanged: 9_997, unreadable: 1 };
export const restoreChanges: readonly RestoreChange[] = [
  { recordId: "a", kind: "bring_back", before: null, after: { name: "Ada Lovelace" } },
  {
    recordId: "b",
    kind: "revert",
    before: { name: "Grace Hopper", notes: "wrong" },
    after: { name: "Grace Hopper", notes: "right", company: "Navy" },
  },
  { recordId: "c", kind: "remove", before: { name: "Spam Person" }, after: null },
];

const volume = { sentBytes: 48_200, receivedBytes: 2_400_000, savedBytes: 91_000_000 };
export const statistics: Statistics = {
  sinceMs: ago(60 * 24 * 20),
  total: volume,
  dataTypes: ["accounts", "contacts", "preferences", "signatures"].map((dataType) => ({
    dataType,
    ...(dataType === "contacts" ? volume : { sentBytes: 900, receivedBytes: 1200, savedBytes: 0 }),
    records: dataType === "contacts" ? 10_000 : 1,
    bytes: 5_000_000,
    lastSyncMs: ago(3),
  })),
  days: [{ day: "2026-11-22", ...volume }],
};

export const deletions: DeletionsView = {
  held: [{ dataType: "contacts", count: 120 }],
  staged: Array.from({ length: 60 }, (_, i) => ({
    dataType: "contacts",
    recordId: `s${i}`,
    reason: "many",
    sinceMs: ago(10),
  })),
  unconfirmed: [{ dataType: "signatures", recordId: "u1", reason: "expired", sinceMs: ago(10) }],
};

export const alarm: IntegrityAlarm = {
  dataType: "contacts",
  problem: "proof_mismatch",
  position: 41,
  records: 38,
  verifiedVersion: 37,
  provedVersion: 40,
};

export const recoveryKey = "7K2M-9QXA-04WF-PZ3T-HV8N-5RJD-C6YE-1BGS-4T7K";
