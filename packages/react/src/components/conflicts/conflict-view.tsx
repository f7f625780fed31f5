import type { ConflictEntry, Resolution } from "@owlivion/sync-client";
import { type SubmitEvent, useState } from "react";
import { useAction } from "../../hooks/use-action.ts";
import { useWords } from "../../i18n/language-provider.tsx";
import { type Names, useNames } from "../../i18n/use-names.ts";
import { Button } from "../../primitives/button.tsx";
import { ErrorNotice } from "../../primitives/error-notice.tsx";
import { ConflictFieldRow } from "./conflict-field-row.tsx";
import { type ConflictField, conflictFields, type Pick, resolutionOf, type Side } from "./conflict-fields.ts";
import { ConflictSide } from "./conflict-side.tsx";

export interface ConflictViewProps {
  readonly conflict: ConflictEntry;
  readonly onResolve: (id: string, resolution: Resolution) => Promise<void>;
  readonly names?: Names;
  /** What the other device is called. */
  readonly otherDevice?: string;
}

/** One conflict: base, mine and theirs side by side, field by field. Give it the conflict's id as `key`. */
export function ConflictView({ conflict, onResolve, names, otherDevice }: ConflictViewProps) {
  const { text, dates } = useWords();
  const own = useNames();
  const { fieldName } = names ?? own;
  const [picks, setPicks] = useState<Readonly<Record<string, Pick>>>({});
  const { run, isRunning, error } = useAction((resolution: Resolution) => onResolve(conflict.id, resolution));
  const fields = conflictFields(conflict);
  const clashes = fields.filter(({ isClash }) => isClash);
  const pickAll = (side: Side) => setPicks(Object.fromEntries(clashes.map(({ name }) => [name, { side }])));
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void run(resolutionOf(conflict, picks));
  };
  const intro = (
    <p className="owl-muted">
      {text(`conflict.kind.${conflict.kind}`)}{" "}
      <span className="owl-small">
        {dates.moment(new Date(conflict.sinceMs))}
        {otherDevice === undefined ? "" : ` · ${otherDevice}`}
      </span>
    </p>
  );
  if (conflict.kind !== "fields" || clashes.length === 0) {
    return (
      <div className="owl-stack">
        {intro}
        <ErrorNotice error={error} />
        <div className="owl-conflict__whole">
          {(["local", "remote"] as const).map((side) => (
            <ConflictSide
              key={side}
              conflict={conflict}
              side={side}
              fieldName={fieldName}
              isDisabled={isRunning}
              onTake={() => void run(side)}
            />
          ))}
        </div>
      </div>
    );
  }
  return (
    <form className="owl-stack" onSubmit={submit}>
      {intro}
      <div className="owl-row">
        <Button size="small" onClick={() => pickAll("local")}>
          {text("conflict.takeLocal")}
        </Button>
        <Button size="small" onClick={() => pickAll("remote")}>
          {text("conflict.takeRemote")}
        </Button>
      </div>
      <div className="owl-conflict">
        <div className="owl-conflict__heads" aria-hidden="true">
          <span />
          <span>{text("conflict.base")}</span>
          <span>{text("conflict.local")}</span>
          <span>{text("conflict.remote")}</span>
        </div>
        {fields.map((field: ConflictField) => (
          <ConflictFieldRow
            key={field.name}
            field={field}
            label={fieldName(field.name)}
            pick={picks[field.name]}
            onPick={(pick) => setPicks({ ...picks, [field.name]: pick })}
          />
        ))}
      </div>
      <ErrorNotice error={error} />
      <div className="owl-row owl-row--end">
        <Button type="submit" look="primary" disabled={isRunning}>
          {text("conflict.resolve")}
        </Button>
      </div>
    </form>
  );
}
