import { type SubmitEvent, useState } from "react";
import { useWords } from "../../i18n/language-provider.tsx";
import { type Names, useNames } from "../../i18n/use-names.ts";
import { Button } from "../../primitives/button.tsx";
import { ErrorNotice } from "../../primitives/error-notice.tsx";
import { TextField } from "../../primitives/text-field.tsx";

export interface GoBackFormProps {
  readonly dataTypes: readonly string[];
  readonly now: Date;
  readonly isRunning?: boolean;
  readonly error?: unknown;
  readonly names?: Names;
  readonly onPreview: (dataType: string, at: Date) => void;
}

const hourMs = 60 * 60 * 1000;
const spans = [
  ["hour", hourMs],
  ["day", 24 * hourMs],
  ["week", 7 * 24 * hourMs],
] as const;

/** Which records are to be as they were when. Changes nothing: it asks for a preview. */
export function GoBackForm({ dataTypes, now, isRunning = false, error = null, names, onPreview }: GoBackFormProps) {
  const { text } = useWords();
  const own = useNames();
  const [dataType, setDataType] = useState(dataTypes.includes("contacts") ? "contacts" : (dataTypes[0] ?? ""));
  const [at, setAt] = useState(() => toLocalInput(new Date(now.getTime() - hourMs)));
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const date = new Date(at);
    if (!Number.isNaN(date.getTime())) onPreview(dataType, date);
  };
  return (
    <form className="owl-scope owl-stack" onSubmit={submit}>
      <p className="owl-muted">{text("goBack.intro")}</p>
      <label className="owl-field">
        <span className="owl-field__label">{text("goBack.what")}</span>
        <select className="owl-input" value={dataType} onChange={(event) => setDataType(event.target.value)}>
          {dataTypes.map((each) => (
            <option key={each} value={each}>
              {(names ?? own).typeName(each)}
            </option>
          ))}
        </select>
      </label>
      <TextField
        label={text("goBack.when")}
        type="datetime-local"
        step={1}
        required
        max={toLocalInput(now)}
        value={at}
        onChange={(event) => setAt(event.target.value)}
      />
      <div className="owl-row">
        {spans.map(([span, ms]) => (
          <Button key={span} size="small" onClick={() => setAt(toLocalInput(new Date(now.getTime() - ms)))}>
            {text(`goBack.${span}`)}
          </Button>
        ))}
      </div>
      <ErrorNotice error={error} />
      <div className="owl-row owl-row--end">
        <Button type="submit" look="primary" disabled={isRunning || dataType === ""}>
          {text(isRunning ? "common.working" : "goBack.preview")}
        </Button>
      </div>
    </form>
  );
}

/** `YYYY-MM-DDTHH:mm:ss` of the device's own time zone, as the input takes it. */
function toLocalInput(date: Date): string {
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19);
}
