import type { RestorePreview } from "@owlivion/sync-client";
import { Button, Notice, TextField, useSync, useWords } from "@owlivion/sync-react";
import { useId, useState } from "react";
import { type DataTypeName, dataTypes } from "../../device/data-types.ts";
import { useText } from "../../i18n/text-provider.tsx";
import { Screen } from "../../shell/screen.tsx";
import { useTask } from "../../session/use-task.ts";
import { toLocalInput } from "./local-input.ts";
import { PreviewList } from "./preview-list.tsx";

/** Back to what a data type was at a moment: first shown, then done, and it can itself be undone. */
export default function PastScreen() {
  const { text } = useText();
  const words = useWords();
  const sync = useSync();
  const task = useTask();
  const typeId = useId();
  const [dataType, setDataType] = useState<DataTypeName>("contacts");
  const [moment, setMoment] = useState(() => toLocalInput(new Date(Date.now() - 3_600_000)));
  const [preview, setPreview] = useState<RestorePreview | null>(null);
  const [done, setDone] = useState<string | null>(null);

  const look = (): void => {
    setDone(null);
    setPreview(null);
    void task.run(async () => setPreview(await sync.restoreTo(dataType, new Date(moment))));
  };
  const apply = (chosen: RestorePreview): void =>
    void task.run(async () => {
      const { applied, skipped } = await chosen.apply();
      setPreview(null);
      setDone(text("past.done", { applied: words.number(applied), skipped: words.number(skipped.length) }));
    });
  return (
    <Screen title={text("screen.past")} lead={text("past.lead")}>
      <form
        className="panel owl-stack"
        onSubmit={(event) => {
          event.preventDefault();
          look();
        }}
      >
        <div className="fields">
          <div className="owl-field">
            <label className="owl-field__label" htmlFor={typeId}>
              {text("past.type")}
            </label>
            <select
              id={typeId}
              className="owl-input"
              value={dataType}
              onChange={({ target }) => setDataType(dataTypes.find((name) => name === target.value) ?? "contacts")}
            >
              {dataTypes.map((name) => (
                <option key={name} value={name}>
                  {words.text(`type.${name}`)}
                </option>
              ))}
            </select>
          </div>
          <TextField
            label={text("past.moment")}
            type="datetime-local"
            step={1}
            value={moment}
            max={toLocalInput(new Date())}
            onChange={({ target }) => setMoment(target.value)}
          />
        </div>
        {task.error === null ? null : (
          <Notice tone="danger" isLive>
            {task.error}
          </Notice>
        )}
        {done === null ? null : (
          <Notice tone="good" isLive>
            {done}
          </Notice>
        )}
        <div className="owl-row">
          <Button type="submit" look="primary" aria-disabled={task.isRunning}>
            {task.isRunning ? text("form.working") : text("past.preview")}
          </Button>
        </div>
      </form>
      {preview === null ? null : (
        <PreviewList
          preview={preview}
          isBusy={task.isRunning}
          onApply={() => apply(preview)}
          onCancel={() => setPreview(null)}
        />
      )}
    </Screen>
  );
}
