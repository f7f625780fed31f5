import { Button, Dialog, Notice, useSync } from "@owlivion/sync-react";
import { type ChangeEvent, useEffect, useRef, useState } from "react";
import { useErrorText } from "../../i18n/error-text.ts";
import { useText } from "../../i18n/text-provider.tsx";
import { type PendingFile, pendingFile } from "./pending-file.ts";
import { runExport } from "./run-export.ts";
import { type ImportProgress, type ImportResult, runImport } from "./run-import.ts";

type State =
  | { readonly kind: "idle" }
  | { readonly kind: "importing"; readonly progress: ImportProgress }
  | { readonly kind: "exporting"; readonly done: number; readonly total: number }
  | { readonly kind: "imported"; readonly result: ImportResult }
  | { readonly kind: "exported"; readonly count: number }
  | { readonly kind: "failed"; readonly message: string };

export default function ImportDialog({ onClose }: { readonly onClose: () => void }) {
  const { text, number } = useText();
  const errorText = useErrorText();
  const sync = useSync();
  const [state, setState] = useState<State>({ kind: "idle" });
  const isBusy = state.kind === "importing" || state.kind === "exporting";
  const hasBegun = useRef(false);

  const start = async (file: PendingFile): Promise<void> => {
    setState({ kind: "importing", progress: { step: "reading", cards: 0 } });
    try {
      const result = await runImport(sync, file, (progress) => setState({ kind: "importing", progress }));
      setState({ kind: "imported", result });
    } catch (error) {
      setState({ kind: "failed", message: errorText(error) });
    }
  };
  useEffect(() => {
    if (hasBegun.current) return;
    hasBegun.current = true;
    void pendingFile().then(
      (file) => (file === null ? undefined : start(file)),
      () => {},
    );
  });
  const choose = ({ target }: ChangeEvent<HTMLInputElement>): void => {
    const file = target.files?.[0];
    if (file !== undefined) void start({ name: file.name, content: file });
  };
  const exportAll = async (): Promise<void> => {
    setState({ kind: "exporting", done: 0, total: 1 });
    try {
      const count = await runExport(sync, (done, total) => setState({ kind: "exporting", done, total }));
      setState({ kind: "exported", count });
    } catch (error) {
      setState({ kind: "failed", message: errorText(error) });
    }
  };

  return (
    <Dialog isOpen onClose={onClose} title={text("transfer.title")} description={text("transfer.lead")}>
      <div className="owl-row">
        <label className={isBusy ? "owl-button file-button file-button--busy" : "owl-button file-button"}>
          {text("transfer.import")}
          <input type="file" accept=".vcf,text/vcard,text/x-vcard" disabled={isBusy} onChange={choose} />
        </label>
        <Button disabled={isBusy} onClick={() => void exportAll()}>
          {text("transfer.export")}
        </Button>
      </div>
      {state.kind === "importing" && state.progress.step === "reading" ? (
        <Bar label={text("import.reading", { count: state.progress.cards })} />
      ) : null}
      {state.kind === "importing" && state.progress.step === "writing" ? (
        <Bar
          label={text("import.writing", { done: number(state.progress.done), total: number(state.progress.total) })}
          value={state.progress.done / state.progress.total}
        />
      ) : null}
      {state.kind === "exporting" ? (
        <Bar label={text("export.writing")} value={state.done / Math.max(1, state.total)} />
      ) : null}
      {state.kind === "imported" ? (
        <Notice tone="good" isLive>
          <p>
            {text("import.done", {
              added: number(state.result.added),
              updated: number(state.result.updated),
              unchanged: number(state.result.unchanged),
            })}
          </p>
          {state.result.skipped > 0 ? <p>{text("import.skipped", { count: state.result.skipped })}</p> : null}
        </Notice>
      ) : null}
      {state.kind === "exported" ? (
        <Notice tone="good" isLive>
          {text("export.done", { count: state.count })}
        </Notice>
      ) : null}
      {state.kind === "failed" ? (
        <Notice tone="danger" isLive>
          {state.message}
        </Notice>
      ) : null}
    </Dialog>
  );
}

function Bar({ label, value }: { readonly label: string; readonly value?: number }) {
  return (
    <label className="owl-stack owl-stack--tight">
      <span className="owl-small">{label}</span>
      <progress className="bar" {...(value === undefined ? {} : { value })} />
    </label>
  );
}
