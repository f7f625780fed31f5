import type { RestoreChange, RestorePreview } from "@owlivion/sync-client";
import { Button, useWords } from "@owlivion/sync-react";
import { useEffect, useId, useState } from "react";
import { useText } from "../../i18n/text-provider.tsx";
import { recordName } from "../record-text.ts";

export interface PreviewListProps {
  readonly preview: RestorePreview;
  readonly isBusy: boolean;
  readonly onApply: () => void;
  readonly onCancel: () => void;
}

const changesShown = 100;

export function PreviewList({ preview, isBusy, onApply, onCancel }: PreviewListProps) {
  const { text } = useText();
  const words = useWords();
  const id = useId();
  const [changes, setChanges] = useState<readonly RestoreChange[]>([]);
  const { bringBack, revert, remove, unchanged, unreadable } = preview.counts;
  const total = bringBack + revert + remove;
  useEffect(() => {
    let isCurrent = true;
    void (async () => {
      const read: RestoreChange[] = [];
      for await (const change of preview.changes()) {
        read.push(change);
        if (read.length === changesShown) break;
      }
      if (isCurrent) setChanges(read);
    })();
    return () => {
      isCurrent = false;
    };
  }, [preview]);
  return (
    <section className="panel owl-stack" aria-labelledby={id}>
      <h2 id={id} className="owl-title" tabIndex={-1} ref={(heading) => heading?.focus()}>
        {total === 0 ? text("past.nothing") : text("past.changes", { count: total })}
      </h2>
      <p className="owl-muted">
        {text("past.counts", {
          bringBack: words.number(bringBack),
          revert: words.number(revert),
          remove: words.number(remove),
          unchanged: words.number(unchanged),
        })}
      </p>
      {unreadable > 0 ? <p>{text("past.unreadable", { count: unreadable })}</p> : null}
      <ul className="changes">
        {changes.map(({ recordId, kind, before, after }) => (
          <li key={recordId}>
            <span className={`tag tag--${kind}`}>{text(`past.${kind}`)}</span>
            <span>{recordName(preview.dataType, before) || recordName(preview.dataType, after)}</span>
            {kind === "revert" && recordName(preview.dataType, before) !== recordName(preview.dataType, after) ? (
              <span className="owl-muted">→ {recordName(preview.dataType, after)}</span>
            ) : null}
          </li>
        ))}
      </ul>
      {total > changesShown ? (
        <p className="owl-small owl-muted">{text("past.more", { count: total - changesShown })}</p>
      ) : null}
      <div className="owl-row">
        <Button look="primary" disabled={total === 0} aria-disabled={isBusy} onClick={onApply}>
          {isBusy ? text("form.working") : text("past.apply")}
        </Button>
        <Button look="quiet" onClick={onCancel}>
          {text("form.cancel")}
        </Button>
      </div>
    </section>
  );
}
