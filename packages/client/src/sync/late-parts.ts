import type { PasswordHash } from "@owlivion/sync-crypto";
import type { DoctorReport } from "../doctor/doctor-report.ts";
import type { DoctorOptions } from "../doctor/doctor.ts";
import type { EngineContext } from "../engine/engine-context.ts";
import type { ExportOptions } from "../export/export-data.ts";
import type { ImportOptions, ImportReport } from "../export/import-report.ts";
import type { ExportChunks } from "../export/read-lines.ts";
import { lazyModule } from "../lazy-module.ts";
import type { Session } from "../session/session.ts";
import type { Edits } from "./edits.ts";
import type { History } from "./history.ts";
import type { Integrity } from "./integrity.ts";
import type { RestorePoint, RestorePreview } from "./restore-preview.ts";

/** What is rarely called: loaded when it is, so that a page that syncs does not wait for it. */
export interface LateParts {
  /** A record's past, and putting one version of it anew. */
  readonly history: History;
  /**
   * Compares a collection with what it was, after a sync, so that what waits is in the history too. Nothing changes before the
   * preview's `apply`. Throws HISTORY_EXPIRED, whose `details.since` tells how far back one can go.
   */
  restoreTo(
    dataType: string,
    point: RestorePoint,
    options?: { readonly signal?: AbortSignal },
  ): Promise<RestorePreview>;
  /** What is visible on this device, as chunks of NDJSON text, sealed when there is a password. */
  exportData(options?: ExportOptions): AsyncIterable<string>;
  /** Takes an export over: newer values here stay, and importing it again changes nothing. Throws INVALID_EXPORT, WRONG_PASSWORD. */
  importData(chunks: ExportChunks, options?: ImportOptions): Promise<ImportReport>;
  /** Looks at everything and says what to do. The report tells nothing about a person or a record. */
  doctor(options?: DoctorOptions): Promise<DoctorReport>;
  /** Alarms about the server, and the two ways out. */
  readonly integrity: Integrity;
}

export interface LateContext {
  readonly context: EngineContext;
  readonly edits: Edits;
  readonly session: Session;
  readonly syncNow: (signal?: AbortSignal) => Promise<unknown>;
  readonly passwordHash: PasswordHash;
}

export const lateCalls = lazyModule(() => import("./late-calls.ts"));

export function createLateParts(parts: LateContext): LateParts {
  const { context, edits, session, syncNow, passwordHash } = parts;
  const history = async (): Promise<History> => (await lateCalls()).createHistory(context, edits);
  const integrity = async (): Promise<Integrity> => (await lateCalls()).createIntegrity(context, () => syncNow());

  return {
    history: {
      list: async (...args) => await (await history()).list(...args),
      restore: async (...args) => await (await history()).restore(...args),
    },
    async restoreTo(dataType, point, options = {}) {
      const { restoreTo } = await lateCalls();
      await syncNow(options.signal);
      return await restoreTo(context, edits, dataType, point, options);
    },
    async *exportData(options = {}) {
      const { exportData } = await lateCalls();
      yield* exportData(context, options, passwordHash);
    },
    async importData(chunks, options = {}) {
      const { importData } = await lateCalls();
      return await importData(context, edits, chunks, options, passwordHash);
    },
    async doctor(options = {}) {
      const { runDoctor } = await lateCalls();
      return await runDoctor({ context, session, integrity: await integrity(), syncNow: () => syncNow() }, options);
    },
    integrity: {
      list: async () => await (await integrity()).list(),
      examine: async (...args) => await (await integrity()).examine(...args),
      trustThisDevice: async (dataType) => await (await integrity()).trustThisDevice(dataType),
      takeServers: async (...args) => await (await integrity()).takeServers(...args),
    },
  };
}
