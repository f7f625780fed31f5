import type { HistoryEntry } from "@owlivion/sync-client";
import { Button, Notice, useHistory, useWords } from "@owlivion/sync-react";
import { useState } from "react";
import { Link } from "wouter";
import { useErrorText } from "../../i18n/error-text.ts";
import { useText } from "../../i18n/text-provider.tsx";
import { useFieldName } from "../../i18n/use-field-name.ts";
import { Screen } from "../../shell/screen.tsx";
import { useTask } from "../../session/use-task.ts";
import { fieldText, recordName } from "../record-text.ts";

/** One record's past, newest first; each version can be brought back. */
export default function HistoryScreen({ dataType, id }: { readonly dataType: string; readonly id: string }) {
  const { text } = useText();
  const words = useWords();
  const errorText = useErrorText();
  const fieldName = useFieldName();
  const { value, error, loadMore, restore } = useHistory(dataType, id);
  const task = useTask();
  const [done, setDone] = useState(false);
  const [newest] = value?.entries.filter(({ fields }) => fields !== null) ?? [];
  const bringBack = async ({ version }: HistoryEntry): Promise<void> => {
    setDone(false);
    if (await task.run(async () => void (await restore(version)))) setDone(true);
  };
  return (
    <Screen
      title={text("history.title", { name: recordName(dataType, newest?.fields ?? null) })}
      lead={text("history.lead")}
      actions={
        <Link href={`/${dataType}/${encodeURIComponent(id)}`} className="owl-button">
          {text("history.back")}
        </Link>
      }
    >
      {error === null ? null : <Notice tone="warning">{errorText(error)}</Notice>}
      {task.error === null ? null : <Notice tone="danger">{task.error}</Notice>}
      {done ? (
        <Notice tone="good" isLive>
          {text("history.restored")}
        </Notice>
      ) : null}
      <ol className="history">
        {value?.entries.map((entry) => (
          <li key={entry.version} className="panel owl-stack owl-stack--tight">
            <div className="owl-row owl-row--between">
              <h2 className="owl-title">{words.dates.moment(new Date(entry.changedAt))}</h2>
              {entry.isCurrent ? (
                <span className="tag">{text("history.current")}</span>
              ) : entry.fields === null ? null : (
                <Button size="small" aria-disabled={task.isRunning} onClick={() => void bringBack(entry)}>
                  {text("history.restore")}
                </Button>
              )}
            </div>
            {entry.kind === "deleted" ? <p>{text("history.deleted")}</p> : null}
            {entry.problem === null ? null : <p className="owl-field__error">{entry.problem}</p>}
            <dl className="facts">
              {(entry.changes ?? Object.keys(entry.fields ?? {})).map((field) => (
                <div key={field}>
                  <dt>{fieldName(field)}</dt>
                  <dd className="facts__text">{fieldText(entry.fields?.[field]) || words.text("common.empty")}</dd>
                </div>
              ))}
            </dl>
          </li>
        ))}
      </ol>
      {value?.hasMore === true ? (
        <Button onClick={() => void loadMore()}>{words.text("common.loadMore")}</Button>
      ) : null}
    </Screen>
  );
}
