import { type SubmitEvent, useId, useState } from "react";
import { useAction } from "../../hooks/use-action.ts";
import { useWords } from "../../i18n/language-provider.tsx";
import { Button } from "../../primitives/button.tsx";
import { AlertDialog, type AlertDialogProps } from "../../primitives/dialog.tsx";
import { ErrorNotice } from "../../primitives/error-notice.tsx";
import { PasswordField } from "../../primitives/password-field.tsx";

export interface PasswordDialogProps extends Pick<AlertDialogProps, "isOpen" | "onClose" | "title" | "description"> {
  /** What the button says. */
  readonly action: string;
  readonly isDangerous?: boolean;
  /** Rejects with what stopped it, which is shown. */
  readonly onConfirm: (password: string) => Promise<void>;
}

/** Asks for the account's password before something that needs it. */
export function PasswordDialog({ action, isDangerous = false, onConfirm, onClose, ...dialog }: PasswordDialogProps) {
  const { text } = useWords();
  const formId = useId();
  const [password, setPassword] = useState("");
  const { run, isRunning, error, clear } = useAction(onConfirm);
  const close = () => {
    setPassword("");
    clear();
    onClose();
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void run(password).then((isDone) => {
      if (isDone) close();
    });
  };
  return (
    <AlertDialog
      {...dialog}
      onClose={close}
      actions={
        <Button
          type="submit"
          form={formId}
          look={isDangerous ? "danger" : "primary"}
          disabled={isRunning || password === ""}
        >
          {isRunning ? text("common.working") : action}
        </Button>
      }
    >
      <form id={formId} className="owl-stack" onSubmit={submit}>
        <PasswordField
          label={text("password.label")}
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        <ErrorNotice error={error} />
      </form>
    </AlertDialog>
  );
}
