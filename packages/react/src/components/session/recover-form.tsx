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

export interface RecoverFormInput {
  readonly email: string;
  readonly recoveryKey: string;
  readonly newPassword: string;
  readonly deviceName?: string;
  readonly confirmRecoveryKey: ConfirmRecoveryKey;
}

export interface RecoverFormProps {
  readonly onRecover: (input: RecoverFormInput) => Promise<void>;
  readonly onBack?: () => void;
  readonly email?: string;
  /** What the device is called unless the person says otherwise; absent: the person is not asked. */
  readonly deviceName?: string;
  readonly onDownload?: (recoveryKey: string) => void;
}

/** For a forgotten password: the recovery key, a new password, and a new recovery key in place of the one that was used. */
export function RecoverForm(props: RecoverFormProps) {
  const { onRecover, onBack, email: fixedEmail, deviceName: suggestedName, onDownload } = props;
  const { text } = useWords();
  const [email, setEmail] = useState(fixedEmail ?? "");
  const [recoveryKey, setRecoveryKey] = useState("");
  const [newPassword, setNewPassword] = useState("");
  const [deviceName, setDeviceName] = useState(suggestedName ?? "");
  const { step, confirmRecoveryKey } = useRecoveryKeyStep({ onDownload });
  const { run, isRunning, error } = useAction(
    async () => await onRecover({ email, recoveryKey, newPassword, confirmRecoveryKey, ...namedDevice(deviceName) }),
  );
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void run();
  };
  if (step !== null) return step;
  return (
    <form className="owl-scope owl-stack" onSubmit={submit}>
      <p className="owl-muted">{text("recovery.recoverHint")}</p>
      <TextField
        label={text("session.email")}
        type="email"
        autoComplete="username"
        required
        readOnly={fixedEmail !== undefined}
        value={email}
        onChange={(event) => setEmail(event.target.value)}
      />
      <TextField
        label={text("recovery.key")}
        hint={text("recovery.format")}
        className="owl-mono"
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        required
        value={recoveryKey}
        onChange={(event) => setRecoveryKey(event.target.value)}
      />
      <div className="owl-stack owl-stack--tight">
        <PasswordField
          label={text("password.new")}
          autoComplete="new-password"
          required
          value={newPassword}
          onChange={(event) => setNewPassword(event.target.value)}
        />
        <PasswordMeter password={newPassword} email={email} />
      </div>
      {suggestedName === undefined ? null : <DeviceNameField value={deviceName} onChange={setDeviceName} />}
      <ErrorNotice error={isSyncError(error, "CANCELLED") ? null : error} />
      <Button
        type="submit"
        look="primary"
        disabled={isRunning || (newPassword !== "" && passwordProblem(newPassword, email) !== null)}
      >
        {text(isRunning ? "session.working" : "recovery.recover")}
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
