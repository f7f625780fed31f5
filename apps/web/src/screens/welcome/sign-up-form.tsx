import { TextField, useSync } from "@owlivion/sync-react";
import { useEffect, useState } from "react";
import { Link } from "wouter";
import { useText } from "../../i18n/text-provider.tsx";
import { PasswordField } from "../../session/password-field.tsx";
import { useRecoveryKey } from "../../session/use-recovery-key.tsx";
import { useTask } from "../../session/use-task.ts";
import { DoorForm } from "./door-form.tsx";
import { readRegistration, type Registration } from "./registration.ts";

export function SignUpForm() {
  const { text } = useText();
  const sync = useSync();
  const task = useTask();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [deviceName, setDeviceName] = useState("");
  const [invitation, setInvitation] = useState("");
  const [registration, setRegistration] = useState<Registration>("open");
  const { confirm, step } = useRecoveryKey(email);
  useEffect(() => {
    void readRegistration().then(setRegistration);
  }, []);
  const submit = (): void =>
    void task.run(() =>
      sync.signUp({
        email,
        password,
        confirmRecoveryKey: confirm,
        ...(deviceName.trim() === "" ? {} : { deviceName: deviceName.trim() }),
        ...(invitation.trim() === "" ? {} : { invitation: invitation.trim() }),
      }),
    );
  if (step !== null) return step;
  return (
    <DoorForm
      title={text("signUp.title")}
      lead={registration === "closed" ? text("signUp.closed") : text("signUp.lead")}
      submit={text("signUp.submit")}
      task={task}
      onSubmit={submit}
      links={<Link href="/sign-in">{text("signUp.toSignIn")}</Link>}
    >
      <TextField
        label={text("field.email")}
        type="email"
        autoComplete="username"
        value={email}
        onChange={({ target }) => setEmail(target.value)}
        required
      />
      <PasswordField label={text("field.newPassword")} value={password} onChange={setPassword} isNew />
      <TextField
        label={text("field.deviceName")}
        hint={text("field.deviceNameHint")}
        value={deviceName}
        onChange={({ target }) => setDeviceName(target.value)}
      />
      {registration === "invite" ? (
        <TextField
          label={text("field.invitation")}
          value={invitation}
          onChange={({ target }) => setInvitation(target.value)}
          required
        />
      ) : null}
    </DoorForm>
  );
}
