import type { RestoreChange, RestorePreview, RestoreResult } from "@owlivion/sync-client";
import { useWords } from "../../i18n/language-provider.tsx";
import { type Names, useNames } from "../../i18n/use-names.ts";
import { Button } from "../../primitives/button.tsx";
import { ErrorNotice } from "../../primitives/error-notice.tsx";
import { Notice } from "../../primitives/notice.tsx";
import { DifferenceView } from "./difference-view.tsx";

export interface GoBackPreviewProps {
  readonly counts: RestorePreview["counts"];
  /** The first of them; `total` says how many there are. */
  readonly changes: readonly RestoreChange[];
  readonly total: number;
  readonly titleOf: (fields: object, recordId: string) => string;
  readonly names?: Names;
  readonly progress?: { readonly done: number; readonly total: number } | null;
  readonly result?: RestoreResult | null;
  readonly error?: unknown;
  readonly onApply: () => void;
  readonly onShowMore?: () => void;
  readonly onBack: () => void;
}

const tags = [
  ["bringBack", ""],
  ["revert", ""],
  ["remove", "owl-tag--danger"],
  ["unchanged", "owl-tag--muted"],
] as const;

/** What going back would do, record by record; nothing is changed before it is applied. */
export function GoBackPreview(props: GoBackPreviewProps) {
  const { counts, changes, total, titleOf, names, progress = null, result = null, error = null } = props;
  const { text } = useWords();
  const own = useNames();
  if (result !== null) {
    return (
      <div className="owl-scope owl-stack">
        <Notice tone="good" isLive>
          <p>{text("goBack.done", { count: result.applied })}</p>
          {result.skipped.length === 0 ? null : <p>{text("goBack.skipped", { count: result.skipped.length })}</p>}
        </Notice>
        <div className="owl-row owl-row--end">
          <Button onClick={props.onBack}>{text("common.close")}</Button>
        </div>
      </div>
    );
  }
  return (
    <div className="owl-scope owl-stack">
      {total === 0 ? (
        <Notice tone="info">
          <p>{text("goBack.nothing")}</p>
        </Notice>
      ) : (
        <ul className="owl-row">
          {tags
            .filter(([count]) => counts[count] > 0)
            .map(([count, look]) => (
              <li key={count} className={`owl-tag ${look}`}>
                {text(`goBack.${count}`, { count: counts[count] })}
              </li>
            ))}
        </ul>
      )}
      {counts.unreadable === 0 ? null : (
        <Notice tone="warning">
          <p>{text("goBack.unreadable", { count: counts.unreadable })}</p>
        </Notice>
      )}
      {counts.remove === 0 ? null : (
        <Notice tone="warning">
          <p>{text("goBack.lookAtRemovals")}</p>
        </Notice>
      )}
      <ul className="owl-list">
        {changes.map(({ recordId, kind, before, after }) => (
          <li key={recordId} className="owl-list__item owl-stack owl-stack--tight">
            <div className="owl-row">
              <strong>{titleOf(after ?? before ?? {}, recordId)}</strong>
              <span className={kind === "remove" ? "owl-tag owl-tag--danger" : "owl-tag"}>
                {text(`goBack.kind.${kind}`)}
              </span>
            </div>
            {kind === "revert" ? (
              <DifferenceView differences={differencesBetween(before, after)} names={names ?? own} />
            ) : null}
          </li>
        ))}
      </ul>
      {changes.length < total && props.onShowMore !== undefined ? (
        <div>
          <Button size="small" onClick={props.onShowMore}>
            {text("common.loadMore")}
          </Button>
        </div>
      ) : null}
      {progress === null ? null : (
        <progress
          className="owl-progress"
          aria-label={text("common.working")}
          value={progress.done}
          max={Math.max(1, progress.total)}
        />
      )}
      <ErrorNotice error={error} />
      <div className="owl-row owl-row--end">
        <Button onClick={props.onBack} disabled={progress !== null}>
          {text("common.back")}
        </Button>
        <Button look="primary" disabled={total === 0 || progress !== null} onClick={props.onApply}>
          {text("goBack.apply", { count: total })}
        </Button>
      </div>
    </div>
  );
}

function differencesBetween(before: RestoreChange["before"], after: RestoreChange["after"]) {
  const fields = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  return fields
    .map((field) => ({ field, before: before?.[field], after: after?.[field] }))
    .filter((each) => JSON.stringify(each.before ?? null) !== JSON.stringify(each.after ?? null));
}
