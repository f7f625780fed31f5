import { Button, Notice, TextField } from "@owlivion/sync-react";
import { type FormEvent, useState } from "react";
import { useText } from "../i18n/text-provider.tsx";
import { saveFile } from "../files/save-file.ts";

export interface RecoveryKeyStepProps {
  readonly email: string;
  readonly recoveryKey: string;
  /** From 1. */
  readonly askedGroups: readonly number[];
  readonly onConfirm: (typed: readonly string[]) => void;
  readonly onCancel: () => void;
}

/** Case, and letters that look like digits, are forgiven, as when the key is used. */
const normalized = (group: string): string => group.trim().toUpperCase().replaceAll("O", "0").replaceAll(/[IL]/g, "1");

/** Shows the key, then asks three of its places: who can answer has kept it. */
export function RecoveryKeyStep({ email, recoveryKey, askedGroups, onConfirm, onCancel }: RecoveryKeyStepProps) {
  const { text } = useText();
  const [isAsking, setIsAsking] = useState(false);
  const [typed, setTyped] = useState<readonly string[]>(() => askedGroups.map(() => ""));
  const [wrong, setWrong] = useState<readonly boolean[]>([]);
  const [isCopied, setIsCopied] = useState(false);
  const groups = recoveryKey.split("-");

  if (!isAsking) {
    return (
      <section className="owl-stack" aria-labelledby="recovery-title">
        <h2 id="recovery-title" className="owl-title" tabIndex={-1} ref={(heading) => heading?.focus()}>
          {text("recovery.title")}
        </h2>
        <p>{text("recovery.lead")}</p>
        <ol className="recovery-key" aria-label={text("recovery.title")}>
          {groups.map((group, i) => (
            <li key={i}>
              <span className="recovery-key__place" aria-hidden="true">
                {i + 1}
              </span>
              <code>{group}</code>
            </li>
          ))}
        </ol>
        <div className="owl-row">
          <Button
            onClick={() =>
              saveFile("owlivion-recovery-key.txt", [text("recovery.file", { email, recoveryKey })], "text/plain")
            }
          >
            {text("recovery.download")}
          </Button>
          <Button onClick={() => void navigator.clipboard.writeText(recoveryKey).then(() => setIsCopied(true))}>
            {isCopied ? text("recovery.copied") : text("recovery.copy")}
          </Button>
        </div>
        <Notice tone="warning">{text("recovery.warning")}</Notice>
        <div className="owl-row owl-row--end">
          <Button look="quiet" onClick={onCancel}>
            {text("form.cancel")}
          </Button>
          <Button look="primary" onClick={() => setIsAsking(true)}>
            {text("recovery.kept")}
          </Button>
        </div>
      </section>
    );
  }

  const check = (event: FormEvent): void => {
    event.preventDefault();
    const mistakes = askedGroups.map((group, i) => normalized(typed[i] ?? "") !== groups[group - 1]);
    setWrong(mistakes);
    if (!mistakes.includes(true)) onConfirm(typed);
  };
  return (
    <form className="owl-stack" onSubmit={check} noValidate aria-labelledby="recovery-check">
      <h2 id="recovery-check" className="owl-title" tabIndex={-1} ref={(heading) => heading?.focus()}>
        {text("recovery.checkTitle")}
      </h2>
      <p>{text("recovery.checkLead")}</p>
      {askedGroups.map((group, i) => (
        <TextField
          key={group}
          label={text("recovery.place", { place: group })}
          className="owl-mono"
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          value={typed[i]}
          error={wrong[i] === true ? text("recovery.wrong") : null}
          onChange={({ target }) => setTyped((before) => before.with(i, target.value))}
        />
      ))}
      <div className="owl-row owl-row--end">
        <Button look="quiet" onClick={() => setIsAsking(false)}>
          {text("recovery.showAgain")}
        </Button>
        <Button type="submit" look="primary">
          {text("recovery.confirm")}
        </Button>
      </div>
    </form>
  );
}
