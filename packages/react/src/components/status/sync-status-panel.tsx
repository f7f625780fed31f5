import type { Attention, SyncStatus } from "@owlivion/sync-client";
import { errorText } from "../../i18n/error-text.ts";
import { useWords } from "../../i18n/language-provider.tsx";
import { type Names, useNames } from "../../i18n/use-names.ts";
import { Button } from "../../primitives/button.tsx";
import { Notice } from "../../primitives/notice.tsx";
import { progressText, statusLabel, statusTone } from "./describe-status.ts";

export interface SyncStatusPanelProps {
  readonly status: SyncStatus;
  /** What time it is, for "5 minutes ago". */
  readonly now: Date;
  readonly names?: Names;
  readonly onSyncNow?: () => void;
  /** Opens what is to be looked at; without it there are no buttons. */
  readonly onOpen?: (attention: Attention) => void;
}

/** How the sync stands, whole: progress, what waits, what went wrong and what to do, what needs the person. */
export function SyncStatusPanel({ status, now, names, onSyncNow, onOpen }: SyncStatusPanelProps) {
  const words = useWords();
  const { text, dates } = words;
  const own = useNames();
  const { typeName } = names ?? own;
  const progress = progressText(words, names ?? own, status);
  const isSignedIn = status.state !== "signed_out" && status.state !== "locked" && status.state !== "closed";
  const lastSync = status.lastSyncMs === null ? null : new Date(status.lastSyncMs);
  return (
    <section className="owl-scope owl-card owl-stack" aria-label={text("status.title")}>
      <div className="owl-row owl-row--between owl-row--nowrap">
        <h3 className={`owl-title owl-status__line owl-status--${statusTone(status)}`}>
          <span className="owl-status__sign" aria-hidden="true" />
          {statusLabel(words, status)}
        </h3>
        {onSyncNow !== undefined && isSignedIn ? (
          <Button size="small" onClick={onSyncNow} disabled={status.state === "syncing"}>
            {text("status.syncNow")}
          </Button>
        ) : null}
      </div>
      {progress === null || status.state !== "syncing" ? null : (
        <div className="owl-stack owl-stack--tight">
          <progress
            className="owl-progress"
            aria-label={progress}
            {...(status.progress?.totalRecords == null
              ? {}
              : { value: status.progress.records, max: Math.max(1, status.progress.totalRecords) })}
          />
          <p className="owl-small owl-muted">{progress}</p>
        </div>
      )}
      {status.state === "error" ? (
        <Notice tone="danger" isLive>
          <p>{errorText(words, status.error)}</p>
        </Notice>
      ) : null}
      {status.state === "offline" ? (
        <Notice tone="info">
          <p>{errorText(words, status.reason)}</p>
          {status.retryAtMs === null ? null : (
            <p className="owl-small">{text("status.retryAt", { time: dates.time(new Date(status.retryAtMs)) })}</p>
          )}
        </Notice>
      ) : null}
      {status.waiting > 0 && status.state !== "offline" ? (
        <p className="owl-small">{text("status.waiting", { count: status.waiting })}</p>
      ) : null}
      {status.attention.length === 0 ? null : (
        <div className="owl-stack owl-stack--tight">
          <h4 className="owl-field__label">{text("attention.title")}</h4>
          <ul className="owl-list">
            {status.attention.map((attention) => (
              <li
                key={`${attention.kind}/${attention.dataType}`}
                className="owl-list__item owl-row owl-row--between owl-row--nowrap"
              >
                <span>
                  {text(`attention.${attention.kind}`, { count: attention.count, type: typeName(attention.dataType) })}
                </span>
                {onOpen === undefined ? null : (
                  <Button size="small" look="quiet" onClick={() => onOpen(attention)}>
                    {text("attention.open")}
                    <span className="owl-hidden">
                      {text(`attention.${attention.kind}`, {
                        count: attention.count,
                        type: typeName(attention.dataType),
                      })}
                    </span>
                  </Button>
                )}
              </li>
            ))}
          </ul>
        </div>
      )}
      {isSignedIn && (lastSync !== null || status.state !== "idle") ? (
        <p className="owl-small owl-muted">
          {lastSync === null ? (
            text("status.neverSynced")
          ) : (
            <time dateTime={lastSync.toISOString()} title={dates.moment(lastSync)}>
              {text("status.lastSync", { when: dates.relative(lastSync, now) })}
            </time>
          )}
        </p>
      ) : null}
    </section>
  );
}
