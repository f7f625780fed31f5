import { type SubmitEvent, useState } from "react";
import { useAction } from "../../hooks/use-action.ts";
import { useWords } from "../../i18n/language-provider.tsx";
import { Button } from "../../primitives/button.tsx";
import { ErrorNotice } from "../../primitives/error-notice.tsx";
import { PasswordField } from "../../primitives/password-field.tsx";

export interface UnlockFormProps {
  readonly email: string;
  /** Works offline too. */
  readonly onUnlock: (password: string) => Promise<void>;
  readonly onSignOut?: () => void;
  readonly onRecover?: () => void;
}

export function UnlockForm({ email, onUnlock, onSignOut, onRecover }: UnlockFormProps) {
  const { text } = useWords();
  const [password, setPassword] = useState("");
  const { run, isRunning, error } = useAction(onUnlock);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void run(password);
  };
  return (
    <form className="owl-scope owl-stack" onSubmit={submit}>
      <p className="owl-muted">{text("session.lockedHint", { email })}</p>
      <input
        type="email"
        className="owl-hidden"
        autoComplete="username"
        value={email}
        readOnly
        tabIndex={-1}
        aria-hidden="true"
      />
      <PasswordField
        label={text("password.label")}
        autoComplete="current-password"
        required
        value={password}
        onChange={(event) => setPassword(event.target.value)}
      />
      <ErrorNotice error={error} />
      <Button type="submit" look="primary" disabled={isRunning}>
        {text(isRunning ? "session.working" : "session.unlock")}
      </Button>
      <div className="owl-row owl-row--between">
        {onRecover === undefined ? null : (
          <Button look="quiet" size="small" onClick={onRecover}>
            {text("session.forgot")}
          </Button>
        )}
        {onSignOut === undefined ? null : (
          <Button look="quiet" size="small" onClick={onSignOut}>
            {text("session.signOut")}
          </Button>
        )}
      </div>
    </form>
  );
}
