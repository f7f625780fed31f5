import { type SubmitEvent, useState } from "react";
import { useWords } from "../../i18n/language-provider.tsx";
import { Button } from "../../primitives/button.tsx";
import { Notice } from "../../primitives/notice.tsx";
import { TextField } from "../../primitives/text-field.tsx";

export interface RecoveryKeyStepProps {
  /** Nine groups of four characters, joined by dashes. */
  readonly recoveryKey: string;
  /** Which of them are asked for, from 1. */
  readonly askedGroups: readonly number[];
  readonly onConfirm: (typed: readonly string[]) => void;
  readonly onCancel: () => void;
  /** Saves the key as a file; without it there is no button. */
  readonly onDownload?: (recoveryKey: string) => void;
}

/** Shows the recovery key once, then asks for three of its groups: who has not kept it notices now. */
export function RecoveryKeyStep({ recoveryKey, askedGroups, onConfirm, onCancel, onDownload }: RecoveryKeyStepProps) {
  const { text } = useWords();
  const [isAsking, setIsAsking] = useState(false);
  const [typed, setTyped] = useState<readonly string[]>(() => askedGroups.map(() => ""));
  const [isWrong, setIsWrong] = useState(false);
  const [isCopied, setIsCopied] = useState(false);
  const groups = recoveryKey.split("-");
  const copy = () => {
    void navigator.clipboard.writeText(recoveryKey).then(
      () => setIsCopied(true),
      () => setIsCopied(false),
    );
  };
  const confirm = (event: SubmitEvent) => {
    event.preventDefault();
    const isRight = askedGroups.every((group, i) => isSameGroup(groups[group - 1] ?? "", typed[i] ?? ""));
    setIsWrong(!isRight);
    if (isRight) onConfirm(typed);
  };
  if (!isAsking) {
    return (
      <div className="owl-scope owl-stack">
        <p>{text("recovery.intro")}</p>
        <ol className="owl-key" aria-label={text("recovery.key")}>
          {groups.map((group, i) => (
            // oxlint-disable-next-line react/no-array-index-key
            <li key={i} className="owl-key__group">
              <span className="owl-key__number" aria-hidden="true">
                {i + 1}
              </span>
              <code>{group}</code>
            </li>
          ))}
        </ol>
        <div className="owl-row">
          <Button onClick={copy}>{text(isCopied ? "common.copied" : "common.copy")}</Button>
          {onDownload === undefined ? null : (
            <Button onClick={() => onDownload(recoveryKey)}>{text("common.download")}</Button>
          )}
        </div>
        <Notice tone="warning">
          <p>{text("recovery.warning")}</p>
        </Notice>
        <div className="owl-row owl-row--end">
          <Button onClick={onCancel}>{text("common.cancel")}</Button>
          <Button look="primary" onClick={() => setIsAsking(true)}>
            {text("recovery.kept")}
          </Button>
        </div>
      </div>
    );
  }
  return (
    <form className="owl-scope owl-stack" onSubmit={confirm} autoComplete="off">
      <p>{text("recovery.ask")}</p>
      <div className="owl-key__asked">
        {askedGroups.map((group, i) => (
          <TextField
            key={group}
            label={text("recovery.group", { number: group })}
            className="owl-mono"
            maxLength={6}
            required
            autoFocus={i === 0}
            autoCapitalize="characters"
            spellCheck={false}
            value={typed[i] ?? ""}
            onChange={(event) => setTyped(typed.map((each, at) => (at === i ? event.target.value : each)))}
          />
        ))}
      </div>
      {isWrong ? (
        <Notice tone="danger" isLive>
          <p>{text("recovery.wrong")}</p>
        </Notice>
      ) : null}
      <div className="owl-row owl-row--end">
        <Button onClick={() => setIsAsking(false)}>{text("recovery.showAgain")}</Button>
        <Button type="submit" look="primary">
          {text("common.continue")}
        </Button>
      </div>
    </form>
  );
}

/** As the SDK reads it, which decides: case is forgiven, and O, I and L are 0, 1 and 1. */
function isSameGroup(group: string, typed: string): boolean {
  const read = (text: string) => text.trim().toUpperCase().replaceAll("O", "0").replaceAll(/[IL]/g, "1");
  return read(group) === read(typed);
}
