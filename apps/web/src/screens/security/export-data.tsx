import { Notice, PasswordField, useSync, useWords } from "@owlivion/sync-react";
import { type ChangeEvent, useState } from "react";
import { saveFile } from "../../files/save-file.ts";
import { useText } from "../../i18n/text-provider.tsx";
import { useTask } from "../../session/use-task.ts";
import { Panel } from "./panel.tsx";

/** Everything on this device as one file, sealed when a password is given, and back. */
export function ExportData() {
  const { text } = useText();
  const words = useWords();
  const sync = useSync();
  const task = useTask();
  const [password, setPassword] = useState("");
  const [done, setDone] = useState<string | null>(null);
  const secret = password === "" ? {} : { password };

  const save = (): Promise<boolean> =>
    task.run(async () => {
      const chunks: string[] = [];
      for await (const chunk of sync.exportData(secret)) chunks.push(chunk);
      saveFile("owlivion-export.ndjson", chunks, "application/x-ndjson");
      setDone(text("security.exportDone"));
    });
  const read = ({ target }: ChangeEvent<HTMLInputElement>): void => {
    const [file] = target.files ?? [];
    if (file === undefined) return;
    void task.run(async () => {
      const report = await sync.importData([await file.text()], secret);
      setDone(
        text("security.importDone", {
          added: words.number(report.added),
          updated: words.number(report.updated),
          kept: words.number(report.kept),
        }),
      );
    });
    target.value = "";
  };
  return (
    <Panel
      title={text("security.export")}
      lead={text("security.exportLead")}
      submit={text("security.exportSubmit")}
      task={task}
      onSubmit={() => void save()}
      done={done}
    >
      <PasswordField
        label={text("security.exportPassword")}
        value={password}
        onChange={({ target }) => setPassword(target.value)}
        autoComplete="current-password"
      />
      {password === "" ? <Notice tone="warning">{text("security.exportPlain")}</Notice> : null}
      <label className="owl-button file-button">
        {text("security.importSubmit")}
        <input type="file" accept=".ndjson,.jsonl,.txt" onChange={read} />
      </label>
    </Panel>
  );
}
