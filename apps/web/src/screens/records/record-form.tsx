import { AlertDialog, Button, Notice, TextField, useNames } from "@owlivion/sync-react";
import { type ReactNode, useId, useState } from "react";
import { useText } from "../../i18n/text-provider.tsx";
import { useTask } from "../../session/use-task.ts";
import { changesOf, type Draft, type FieldSpec, toDraft } from "./record-fields.ts";

export interface RecordFormProps {
  readonly title: string;
  readonly specs: readonly FieldSpec[];
  readonly record: Readonly<Record<string, unknown>>;
  readonly onSave: (changes: Record<string, unknown>) => Promise<void>;
  readonly onCancel: () => void;
  /** Absent: it is new. */
  readonly onDelete?: () => Promise<void>;
  /** Beside the fields, of what is typed. */
  readonly preview?: (draft: Draft) => ReactNode;
}

/** A record as a form. What it began with is kept, so that only what the person changed is written. */
export function RecordForm({ title, specs, record, onSave, onCancel, onDelete, preview }: RecordFormProps) {
  const { text } = useText();
  const id = useId();
  const task = useTask();
  const [base] = useState(record);
  const [draft, setDraft] = useState<Draft>(() => toDraft(specs, base));
  const [isAsking, setIsAsking] = useState(false);
  const set = (name: string, value: string | boolean): void => setDraft((before) => ({ ...before, [name]: value }));
  return (
    <form
      className="panel owl-stack"
      aria-labelledby={id}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void task.run(() => onSave(changesOf(specs, base, draft)));
      }}
    >
      <h2 id={id} className="owl-title" tabIndex={-1}>
        {title}
      </h2>
      {task.error === null ? null : (
        <Notice tone="danger" isLive>
          {task.error}
        </Notice>
      )}
      <div className="fields">
        {specs.map((spec) => (
          <Field
            key={spec.name}
            spec={spec}
            value={draft[spec.name] ?? ""}
            onChange={(value) => set(spec.name, value)}
          />
        ))}
      </div>
      {preview?.(draft)}
      <div className="owl-row owl-row--between">
        {onDelete === undefined ? (
          <span />
        ) : (
          <Button look="quiet" onClick={() => setIsAsking(true)}>
            {text("form.delete")}
          </Button>
        )}
        <span className="owl-row">
          <Button onClick={onCancel}>{text("form.cancel")}</Button>
          <Button type="submit" look="primary">
            {text("form.save")}
          </Button>
        </span>
      </div>
      <AlertDialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        title={text("form.deleteTitle")}
        description={text("contacts.deleteText")}
        actions={
          <Button look="danger" onClick={() => void onDelete?.()}>
            {text("form.delete")}
          </Button>
        }
      />
    </form>
  );
}

interface FieldProps {
  readonly spec: FieldSpec;
  readonly value: string | boolean;
  readonly onChange: (value: string | boolean) => void;
}

function Field({ spec, value, onChange }: FieldProps) {
  const { text } = useText();
  const id = useId();
  const label = useNames().fieldName(spec.name);
  if (spec.kind === "flag") {
    return (
      <label className="check">
        <input type="checkbox" checked={value === true} onChange={({ target }) => onChange(target.checked)} />
        {label}
      </label>
    );
  }
  const typed = String(value);
  if (spec.kind === "text") {
    return (
      <TextField label={label} value={typed} autoComplete="off" onChange={({ target }) => onChange(target.value)} />
    );
  }
  if (spec.kind === "number") {
    return (
      <TextField
        label={label}
        type="number"
        min={spec.min}
        max={spec.max}
        value={typed}
        onChange={({ target }) => onChange(target.value)}
      />
    );
  }
  return (
    <div className={spec.kind === "long" ? "owl-field fields__whole" : "owl-field"}>
      <label className="owl-field__label" htmlFor={id}>
        {label}
      </label>
      {spec.kind === "long" ? (
        <textarea
          id={id}
          className="owl-input"
          rows={6}
          value={typed}
          onChange={({ target }) => onChange(target.value)}
        />
      ) : (
        <select id={id} className="owl-input" value={typed} onChange={({ target }) => onChange(target.value)}>
          <option value="">{text("record.notSet")}</option>
          {spec.choices.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {text(choice.label)}
            </option>
          ))}
        </select>
      )}
    </div>
  );
}
