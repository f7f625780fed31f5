import type { SyncStatus } from "@owlivion/sync-client";
import type { Words } from "../../i18n/language-provider.tsx";
import type { Names } from "../../i18n/use-names.ts";

export type StatusTone = "calm" | "busy" | "away" | "attention" | "danger";

/** The one thing that matters most: an error, then what needs the person, then what is going on. */
export function statusTone(status: SyncStatus): StatusTone {
  if (status.state === "error" || status.attention.some(({ kind }) => kind === "integrity")) return "danger";
  if (status.attention.length > 0) return "attention";
  if (status.state === "syncing") return "busy";
  return status.state === "idle" ? "calm" : "away";
}

/** A few words, as they stand in the indicator. */
export function statusLabel({ text }: Words, status: SyncStatus): string {
  const { waiting: count } = status;
  switch (status.state) {
    case "error":
      return text("status.error");
    case "offline":
      return count === 0 ? text("status.offline") : text("status.offlineWaiting", { count });
    case "idle":
      if (status.attention.some(({ kind }) => kind === "integrity")) return text("status.alarm");
      if (status.attention.length > 0) return text("status.attention");
      if (count > 0) return text("status.idleWaiting", { count });
      return text(status.lastSyncMs === null ? "status.neverSynced" : "status.idle");
    case "syncing":
    case "signed_out":
    case "locked":
    case "closed":
      return text(`status.${status.state}`);
  }
}

/** How far a first download is; null: nothing is known. */
export function progressText(words: Words, { typeName }: Names, status: SyncStatus): string | null {
  if (status.state !== "syncing" || status.progress === null) return null;
  const { dataType, records, totalRecords } = status.progress;
  const type = typeName(dataType);
  if (totalRecords === null || totalRecords < records) return words.text("status.syncingProgress", { type, records });
  return words.text("status.syncingOf", { type, records, total: totalRecords });
}
