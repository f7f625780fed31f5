import { type ReactNode, type SubmitEvent, useState } from "react";
import { useAction } from "../../hooks/use-action.ts";
import { useWords } from "../../i18n/language-provider.tsx";
import { Button } from "../../primitives/button.tsx";
import { ErrorNotice } from "../../primitives/error-notice.tsx";
import { PasswordField } from "../../primitives/password-field.tsx";
import { TextField } from "../../primitives/text-field.tsx";
import { DeviceNameField, namedDevice } from "./device-name-field.tsx";

export interface SignInInput {
  readonly email: string;
  readonly password: string;
  readonly deviceName?: string;
}

export interface SignInFormProps {
  readonly onSignIn: (input: SignInInput) => Promise<void>;
  /** The account that this device belongs to: it cannot be another. */
  readonly email?: string;
  /** What the device is called unless the person says otherwise; absent: the person is not asked. */
  readonly deviceName?: string;
  readonly onRecover?: () => void;
  readonly onSignUp?: () => void;
  readonly children?: ReactNode;
}

export function SignInForm(props: SignInFormProps) {
  const { onSignIn, email: fixedEmail, deviceName: suggestedName, onRecover, onSignUp, children } = props;
  const { text } = useWords();
  const [email, setEmail] = useState(fixedEmail ?? "");
  const [password, setPassword] = useState("");
  const [deviceName, setDeviceName] = useState(suggestedName ?? "");
  const { run, isRunning, error } = useAction(onSignIn);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void run({ email, password, ...namedDevice(deviceName) });
  };
  return (
    <form className="owl-scope owl-stack" onSubmit={submit}>
      <TextField
        label={text("session.email")}
        type="email"
        autoComplete="username"
        required
        readOnly={fixedEmail !== undefined}
        value={email}
        onChange={(event) => setEmail(event.target.value)}
      />
      <PasswordField
        label={text("password.label")}
        autoComplete="current-password"
        required
        value={password}
        onChange={(event) => setPassword(event.target.value)}
      />
      {suggestedName === undefined ? null : <DeviceNameField value={deviceName} onChange={setDeviceName} />}
      {children}
      <ErrorNotice error={error} />
      <Button type="submit" look="primary" disabled={isRunning}>
        {text(isRunning ? "session.working" : "session.signIn")}
      </Button>
      <div className="owl-row owl-row--between">
        {onRecover === undefined ? null : (
          <Button look="quiet" size="small" onClick={onRecover}>
            {text("session.forgot")}
          </Button>
        )}
        {onSignUp === undefined ? null : (
          <Button look="quiet" size="small" onClick={onSignUp}>
            {text("session.noAccount")}
          </Button>
        )}
      </div>
    </form>
  );
}
