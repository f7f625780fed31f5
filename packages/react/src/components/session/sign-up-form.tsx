import { type ConfirmRecoveryKey, isSyncError, passwordProblem } from "@owlivion/sync-client";
import { type SubmitEvent, useState } from "react";
import { useAction } from "../../hooks/use-action.ts";
import { useWords } from "../../i18n/language-provider.tsx";
import { Button } from "../../primitives/button.tsx";
import { ErrorNotice } from "../../primitives/error-notice.tsx";
import { PasswordField } from "../../primitives/password-field.tsx";
import { TextField } from "../../primitives/text-field.tsx";
import { DeviceNameField, namedDevice } from "./device-name-field.tsx";
import { PasswordMeter } from "./password-meter.tsx";
import { useRecoveryKeyStep } from "./use-recovery-key-step.tsx";

export interface SignUpInput {
  readonly email: string;
  readonly password: string;
  readonly invitation?: string;
  readonly deviceName?: string;
  readonly confirmRecoveryKey: ConfirmRecoveryKey;
}

export interface SignUpFormProps {
  readonly onSignUp: (input: SignUpInput) => Promise<void>;
  readonly onSignIn?: () => void;
  /** The server takes new accounts by invitation only. */
  readonly needsInvitation?: boolean;
  /** What the device is called unless the person says otherwise; absent: the person is not asked. */
  readonly deviceName?: string;
  readonly onDownload?: (recoveryKey: string) => void;
}

/** E-mail address and password, then the recovery key; the account is made when that is confirmed. */
export function SignUpForm(props: SignUpFormProps) {
  const { onSignUp, onSignIn, needsInvitation = false, deviceName: suggestedName, onDownload } = props;
  const { text } = useWords();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [invitation, setInvitation] = useState("");
  const [deviceName, setDeviceName] = useState(suggestedName ?? "");
  const { step, confirmRecoveryKey } = useRecoveryKeyStep({ onDownload });
  const { run, isRunning, error } = useAction(async () => {
    const invited = invitation === "" ? {} : { invitation };
    await onSignUp({ email, password, confirmRecoveryKey, ...invited, ...namedDevice(deviceName) });
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void run();
  };
  if (step !== null) return step;
  return (
    <form className="owl-scope owl-stack" onSubmit={submit}>
      <TextField
        label={text("session.email")}
        type="email"
        autoComplete="username"
        required
        value={email}
        onChange={(event) => setEmail(event.target.value)}
      />
      <div className="owl-stack owl-stack--tight">
        <PasswordField
          label={text("password.new")}
          autoComplete="new-password"
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        <PasswordMeter password={password} email={email} />
      </div>
      {needsInvitation ? (
        <TextField
          label={text("session.invitation")}
          required
          autoComplete="off"
          value={invitation}
          onChange={(event) => setInvitation(event.target.value)}
        />
      ) : null}
      {suggestedName === undefined ? null : <DeviceNameField value={deviceName} onChange={setDeviceName} />}
      <p className="owl-small owl-muted">{text("session.signUpHint")}</p>
      <ErrorNotice error={isSyncError(error, "CANCELLED") ? null : error} />
      <Button
        type="submit"
        look="primary"
        disabled={isRunning || (password !== "" && passwordProblem(password, email) !== null)}
      >
        {text(isRunning ? "session.working" : "session.signUp")}
      </Button>
      {onSignIn === undefined ? null : (
        <div>
          <Button look="quiet" size="small" onClick={onSignIn}>
            {text("session.haveAccount")}
          </Button>
        </div>
      )}
    </form>
  );
}
