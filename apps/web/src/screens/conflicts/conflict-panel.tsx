import type { ConflictEntry, Resolution } from "@owlivion/sync-client";
import { Button, Notice, useWords } from "@owlivion/sync-react";
import { useId, useState } from "react";
import { useText } from "../../i18n/text-provider.tsx";
import { useFieldName } from "../../i18n/use-field-name.ts";
import { useTask } from "../../session/use-task.ts";
import { fieldText, recordName } from "../record-text.ts";
import { type Choices, mergedValue, type Side, sides } from "./merged-value.ts";

export interface ConflictPanelProps {
  readonly conflict: ConflictEntry;
  readonly onResolve: (resolution: Resolution) => Promise<void>;
}

/** What both began with, mine and theirs, field by field; one side for all of it, or a choice for each field. */
export function ConflictPanel({ conflict, onResolve }: ConflictPanelProps) {
  const { text } = useText();
  const words = useWords();
  const fieldName = useFieldName();
  const task = useTask();
  const id = useId();
  const [choices, setChoices] = useState<Choices>({});
  const { kind, dataType, base, local, remote, proposed, fields } = conflict;
  const name = recordName(dataType, proposed ?? local ?? remote ?? base);
  const canChoose = kind === "fields" && local !== null && remote !== null;
  const isComplete = fields.every((field) => choices[field] !== undefined);
  const settle = (resolution: Resolution): void => void task.run(() => onResolve(resolution));
  const valueOf = (side: Side | "base", field: string): string => {
    const record = side === "base" ? base : side === "local" ? local : remote;
    if (record === null) return side === "base" ? "" : text("conflicts.deleted");
    return fieldText(record[field]);
  };
  return (
    <section className="panel owl-stack" aria-labelledby={id}>
      <h2 id={id} className="owl-title">
        {name === "" ? text("contacts.nameless") : name}
      </h2>
      <p className="owl-muted owl-small">
        {text(`conflicts.${kind}`)} {words.dates.relative(new Date(conflict.sinceMs), new Date())}
      </p>
      {task.error === null ? null : <Notice tone="danger">{task.error}</Notice>}
      {(fields.length > 0 ? fields : Object.keys(local ?? remote ?? {})).map((field) => (
        <fieldset key={field} className="conflict-field">
          <legend>{fieldName(field)}</legend>
          <div className="conflict-field__sides">
            {sides.map((side) => (
              <label key={side} className="conflict-side">
                {canChoose ? (
                  <input
                    type="radio"
                    name={`${id}-${field}`}
                    checked={choices[field] === side}
                    onChange={() => setChoices((before) => ({ ...before, [field]: side }))}
                  />
                ) : null}
                <span className="conflict-side__name">{text(`conflicts.side.${side}`)}</span>
                <span className="conflict-side__value">{valueOf(side, field) || words.text("common.empty")}</span>
              </label>
            ))}
            <div className="conflict-side conflict-side--base">
              <span className="conflict-side__name">{text("conflicts.side.base")}</span>
              <span className="conflict-side__value">{valueOf("base", field) || words.text("common.empty")}</span>
            </div>
          </div>
        </fieldset>
      ))}
      <div className="owl-row">
        {canChoose && fields.length > 1 ? (
          <Button
            look="primary"
            disabled={!isComplete}
            onClick={() => settle({ value: mergedValue(conflict, choices) })}
          >
            {text("conflicts.takeChosen")}
          </Button>
        ) : null}
        <Button onClick={() => settle("local")}>{text("conflicts.takeLocal")}</Button>
        <Button onClick={() => settle("remote")}>{text("conflicts.takeRemote")}</Button>
      </div>
    </section>
  );
}
