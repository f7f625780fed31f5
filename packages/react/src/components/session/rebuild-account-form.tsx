import { isSyncError, type ConfirmRecoveryKey } from "@owlivion/sync-client";
import { type SubmitEvent, useState } from "react";
import { useAction } from "../../hooks/use-action.ts";
import { useWords } from "../../i18n/language-provider.tsx";
import { Button } from "../../primitives/button.tsx";
import { ErrorNotice } from "../../primitives/error-notice.tsx";
import { PasswordField } from "../../primitives/password-field.tsx";
import { TextField } from "../../primitives/text-field.tsx";
import { useRecoveryKeyStep } from "./use-recovery-key-step.tsx";

export interface RebuildAccountFormInput {
  readonly password: string;
  readonly recovery: { readonly recoveryKey: string } | { readonly confirmRecoveryKey: ConfirmRecoveryKey };
  readonly invitation?: string;
}

export interface RebuildAccountFormProps {
  readonly email: string;
  readonly onRebuild: (input: RebuildAccountFormInput) => Promise<void>;
  readonly onBack?: () => void;
  /** The server takes new accounts by invitation only. */
  readonly needsInvitation?: boolean;
  readonly onDownload?: (recoveryKey: string) => void;
}

/** For a server that lost everything: the account is made there again, and what this device holds is sent anew. */
export function RebuildAccountForm(props: RebuildAccountFormProps) {
  const { email, onRebuild, onBack, needsInvitation = false, onDownload } = props;
  const { text } = useWords();
  const [password, setPassword] = useState("");
  const [recoveryKey, setRecoveryKey] = useState("");
  const [invitation, setInvitation] = useState("");
  const { step, confirmRecoveryKey } = useRecoveryKeyStep({ onDownload });
  const { run, isRunning, error } = useAction(async () => {
    const recovery = recoveryKey.trim() === "" ? { confirmRecoveryKey } : { recoveryKey };
    await onRebuild({ password, recovery, ...(invitation === "" ? {} : { invitation }) });
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void run();
  };
  if (step !== null) return step;
  return (
    <form className="owl-scope owl-stack" aria-label={text("rebuild.submit")} onSubmit={submit}>
      <p className="owl-muted">{text("rebuild.intro", { email })}</p>
      <PasswordField
        label={text("password.label")}
        autoComplete="current-password"
        required
        value={password}
        onChange={(event) => setPassword(event.target.value)}
      />
      <TextField
        label={text("recovery.key")}
        hint={text("rebuild.recoveryHint")}
        className="owl-mono"
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        value={recoveryKey}
        onChange={(event) => setRecoveryKey(event.target.value)}
      />
      {needsInvitation ? (
        <TextField
          label={text("session.invitation")}
          required
          autoComplete="off"
          value={invitation}
          onChange={(event) => setInvitation(event.target.value)}
        />
      ) : null}
      <ErrorNotice error={isSyncError(error, "CANCELLED") ? null : error} />
      <Button type="submit" look="primary" disabled={isRunning}>
        {text(isRunning ? "session.working" : "rebuild.submit")}
      </Button>
      {onBack === undefined ? null : (
        <div>
          <Button look="quiet" size="small" onClick={onBack}>
            {text("common.back")}
          </Button>
        </div>
      )}
    </form>
  );
}
