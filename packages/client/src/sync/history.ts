import type { JsonObject } from "@owlivion/sync-crypto";
import { presentFields } from "../data-types/data-type.ts";
import { editRecord } from "../engine/edit-record.ts";
import { type EngineContext, typeOf, unlockedKeys } from "../engine/engine-context.ts";
import { isLinked, openVersions, type RecordVersion } from "../engine/record-versions.ts";
import { SyncError } from "../errors.ts";
import { equalJson } from "../merge/equal-json.ts";
import type { Edits } from "./edits.ts";
import { withoutSecrets } from "./without-secrets.ts";

/** One change of a record, as its envelope says; time and version are the server's word. */
export interface HistoryEntry {
  readonly version: number;
  /** RFC 3339. */
  readonly changedAt: string;
  readonly deviceId: string;
  readonly kind: "put" | "deleted";
  /** Null: a deletion, or it cannot be opened. */
  readonly fields: JsonObject | null;
  /** The fields that differ from the entry before; null where that cannot be told. */
  readonly changes: readonly string[] | null;
  /** Why it cannot be opened; `UNSEALED`: a deletion that no device sealed. */
  readonly problem: string | null;
  /** What stands on the server now. */
  readonly isCurrent: boolean;
  /** It says of itself that it replaced the entry before. False: something is missing or foreign; null: it cannot be told. */
  readonly isLinked: boolean | null;
}

export interface RecordHistory {
  /** Newest first. */
  readonly entries: readonly HistoryEntry[];
  /** For the next call's `before`; null: nothing older is kept. */
  readonly next: number | null;
  /** The oldest entry here is the record's first. */
  readonly isComplete: boolean;
  /** Replaced changes up to this version may have been purged. */
  readonly horizon: number;
}

export interface History {
  /** A record's changes, deletions included. Asks the server. */
  list(
    dataType: string,
    recordId: string,
    options?: { readonly limit?: number; readonly before?: number; readonly signal?: AbortSignal },
  ): Promise<RecordHistory>;
  /**
   * Puts the fields of a version anew, as an edit of this device; a deleted record lives again. False: the record is like that
   * already. Throws VERSION_NOT_FOUND, UNREADABLE_RECORD, HISTORY_EXPIRED.
   */
  restore(dataType: string, recordId: string, version: number): Promise<boolean>;
}

const defaultLimit = 50;
const maxLimit = 500;

export function createHistory(context: EngineContext, edits: Edits): History {
  return {
    async list(dataType, recordId, { limit = defaultLimit, before, signal } = {}) {
      typeOf(context, dataType);
      const shown = Math.min(Math.max(1, Math.floor(limit)), maxLimit);
      const page = await context.api.recordHistory(
        // One more than is shown: what the last one replaced.
        { dataType, recordId, limit: shown + 1, ...(before === undefined ? {} : { before }) },
        signal === undefined ? {} : { signal },
      );
      const versions = openVersions(unlockedKeys(context, dataType), recordId, page.entries);
      const hasMore = versions.length > shown;
      const entries = versions
        .slice(0, shown)
        .map((version, i) => toEntry(version, versions[i + 1], i === 0 && before === undefined));
      const last = versions.at(-1);
      return {
        entries,
        next: hasMore ? versions[shown - 1]!.version : page.nextBefore,
        isComplete: !hasMore && page.nextBefore === null && (last === undefined || isFirst(last)),
        horizon: page.historyHorizon,
      };
    },

    async restore(dataType, recordId, version) {
      const type = typeOf(context, dataType);
      const page = await context.api.recordHistory({ dataType, recordId, before: version + 1, limit: 1 });
      const found = page.entries.filter((entry) => entry.version === version);
      if (found.length === 0) {
        throw new SyncError(version <= page.historyHorizon ? "HISTORY_EXPIRED" : "VERSION_NOT_FOUND");
      }
      const [opened] = openVersions(unlockedKeys(context, dataType), recordId, found);
      if (opened!.problem !== null && opened!.problem !== "UNSEALED") throw new SyncError("UNREADABLE_RECORD");
      const value = opened!.value;
      if (value === null) {
        throw new SyncError("VERSION_NOT_FOUND", {
          message: "That version is a deletion: there is nothing to restore.",
        });
      }
      return await edits.run(dataType, async (tx) => {
        const { fields } = withoutSecrets(type, value.fields);
        const edited = await editRecord(context, tx, dataType, { recordId, fields, mode: "replace", isOld: true });
        const { hasChanged, events } = edited;
        return { value: hasChanged, changedIds: hasChanged ? [recordId] : [], events };
      });
    },
  };
}

function toEntry(version: RecordVersion, older: RecordVersion | undefined, isCurrent: boolean): HistoryEntry {
  const { changedAt, deviceId, kind, value, problem } = version;
  return {
    version: version.version,
    changedAt,
    deviceId,
    kind: kind === "put" ? "put" : "deleted",
    fields: value === null ? null : presentFields(value.fields),
    changes: changesOf(version, older),
    problem,
    isCurrent,
    isLinked: isLinked(version, older),
  };
}

function changesOf(version: RecordVersion, older: RecordVersion | undefined): readonly string[] | null {
  if (version.kind === "tombstone") return [];
  if (version.value === null) return null;
  if (older === undefined && !isFirst(version)) return null;
  if (older?.kind === "put" && older.value === null) return null;
  const after = presentFields(version.value.fields);
  const before = older?.value === undefined || older.value === null ? {} : presentFields(older.value.fields);
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => !equalJson(own(before, name), own(after, name))).sort();
}

const own = (fields: JsonObject, name: string) => (Object.hasOwn(fields, name) ? fields[name]! : null);

const isFirst = ({ rev, problem }: RecordVersion): boolean => rev === 1 && problem === null;
