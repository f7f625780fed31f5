import type { HistoryEntry } from "@owlivion/sync-client";
import { useState } from "react";
import { useAction } from "../../hooks/use-action.ts";
import { useWords } from "../../i18n/language-provider.tsx";
import { type Names, useNames } from "../../i18n/use-names.ts";
import { Button } from "../../primitives/button.tsx";
import { ErrorNotice } from "../../primitives/error-notice.tsx";
import { Notice } from "../../primitives/notice.tsx";
import { type Difference, DifferenceView } from "./difference-view.tsx";

export interface RecordHistoryProps {
  /** Newest first; undefined: not read yet. */
  readonly entries: readonly HistoryEntry[] | undefined;
  readonly error?: unknown;
  readonly hasMore?: boolean;
  readonly onLoadMore?: () => void;
  /** Puts that version anew. False: the record is like that already. */
  readonly onRestore: (version: number) => Promise<boolean>;
  readonly names?: Names;
  readonly deviceName?: (deviceId: string) => string | undefined;
}

/** A record's past: who changed what when, each step with its difference and a way back. */
export function RecordHistory(props: RecordHistoryProps) {
  const { entries, error = null, hasMore = false, onLoadMore, onRestore, names, deviceName } = props;
  const { text, dates } = useWords();
  const own = useNames();
  const [done, setDone] = useState<"restored" | "same" | null>(null);
  const restore = useAction(async (version: number) => {
    setDone(null);
    setDone((await onRestore(version)) ? "restored" : "same");
  });
  return (
    <div className="owl-scope owl-stack">
      <ErrorNotice error={error ?? restore.error} />
      {done === null ? null : (
        <Notice tone="good" isLive>
          <p>{text(`history.${done}`)}</p>
        </Notice>
      )}
      {entries === undefined && error === null ? <p className="owl-muted">{text("common.loading")}</p> : null}
      <ol className="owl-history">
        {(entries ?? []).map((entry, i) => (
          <li key={entry.version} className="owl-history__entry owl-stack owl-stack--tight">
            <div className="owl-row owl-row--between">
              <div>
                <time className="owl-history__time" dateTime={entry.changedAt}>
                  {dates.exact(new Date(entry.changedAt))}
                </time>{" "}
                {entry.isCurrent ? <span className="owl-tag">{text("history.current")}</span> : null}
                <div className="owl-small owl-muted">
                  {text(
                    entry.kind === "deleted"
                      ? "history.deleted"
                      : i === (entries ?? []).length - 1 && !hasMore
                        ? "history.first"
                        : "history.changed",
                  )}
                  {" · "}
                  {deviceName?.(entry.deviceId) ?? text("history.unknownDevice")}
                </div>
              </div>
              {entry.isCurrent || entry.fields === null ? null : (
                <Button size="small" disabled={restore.isRunning} onClick={() => void restore.run(entry.version)}>
                  {text("history.restore")}
                  <span className="owl-hidden">{dates.exact(new Date(entry.changedAt))}</span>
                </Button>
              )}
            </div>
            {entry.problem === null ? null : <p className="owl-small owl-field__error">{text("history.unreadable")}</p>}
            {entry.isLinked === false ? <p className="owl-small owl-field__error">{text("history.unlinked")}</p> : null}
            <DifferenceView differences={differencesOf(entry, entries?.[i + 1])} names={names ?? own} />
          </li>
        ))}
      </ol>
      {hasMore && onLoadMore !== undefined ? (
        <div>
          <Button size="small" onClick={onLoadMore}>
            {text("common.loadMore")}
          </Button>
        </div>
      ) : null}
    </div>
  );
}

/** What an entry changed; nothing where that cannot be told. */
function differencesOf(entry: HistoryEntry, older: HistoryEntry | undefined): readonly Difference[] {
  return (entry.changes ?? []).map((field) => ({
    field,
    before: older?.fields?.[field],
    after: entry.fields?.[field],
  }));
}
