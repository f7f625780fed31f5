export { openSync, type SyncOptions } from "./sync/open-sync.ts";
export type { SessionCalls, Sync } from "./sync/sync.ts";
export type { Collection, ListOptions, RecordState, StoredRecord } from "./sync/collection.ts";
export type { ConflictEntry, Conflicts, Resolution } from "./sync/conflicts.ts";
export type { Choice, Deletions, WaitingRecord } from "./sync/deletions.ts";
export type { History, HistoryEntry, RecordHistory } from "./sync/history.ts";
export type { RestoreChange, RestorePoint, RestorePreview, RestoreResult, SkipReason } from "./sync/restore-preview.ts";
export type { SyncSettings } from "./sync/settings.ts";
export type { DataTypeStatistics, Statistics, Volume } from "./sync/traffic-log.ts";
export type { Difference as IntegrityDifference } from "./engine/compare-collection.ts";
export type { Integrity, IntegrityAlarm } from "./sync/integrity.ts";
export type { ExportOptions } from "./export/export-data.ts";
export type { ImportOptions, ImportReport } from "./export/import-report.ts";
export type { Check, DoctorReport, Repair } from "./doctor/doctor-report.ts";
export type { DoctorOptions } from "./doctor/doctor.ts";
export type { RunResult } from "./loop/run-sync.ts";
export type { RunNowOptions } from "./loop/sync-loop.ts";
export type { Network } from "./loop/network.ts";
export type { Attention, Progress, StatusError, SyncStatus } from "./status/sync-status.ts";
export type { SyncEvent } from "./events/sync-event.ts";
export { isSyncError, SyncError, type SyncErrorCode } from "./errors.ts";
export * from "./data-types/index.ts";
export type { OpenStore, Store } from "./store/store.ts";
export { type Clock, type Fetch, type Ports, systemPorts } from "./ports.ts";
export {
  passwordProblem,
  type PasswordProblem,
  passwordStrength,
  type PasswordStrength,
} from "./session/check-password.ts";
export type { AccountInfo } from "./session/session-state.ts";
export type { ConfirmRecoveryKey } from "./session/confirm-recovery-key.ts";
export { parseServerUrl } from "./transport/server-url.ts";
export * from "./live/index.ts";
export type { RemoteDevice } from "./transport/replies.ts";
