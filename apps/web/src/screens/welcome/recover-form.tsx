import { TextField, useSync } from "@owlivion/sync-react";
import { useState } from "react";
import { Link } from "wouter";
import { useText } from "../../i18n/text-provider.tsx";
import { PasswordField } from "../../session/password-field.tsx";
import { useRecoveryKey } from "../../session/use-recovery-key.tsx";
import { useTask } from "../../session/use-task.ts";
import { DoorForm } from "./door-form.tsx";

export function RecoverForm() {
  const { text } = useText();
  const sync = useSync();
  const task = useTask();
  const [email, setEmail] = useState("");
  const [recoveryKey, setRecoveryKey] = useState("");
  const [newPassword, setNewPassword] = useState("");
  const { confirm, step } = useRecoveryKey(email);
  if (step !== null) return step;
  return (
    <DoorForm
      title={text("recover.title")}
      lead={text("recover.lead")}
      submit={text("recover.submit")}
      task={task}
      onSubmit={() =>
        void task.run(() => sync.recover({ email, recoveryKey, newPassword, confirmRecoveryKey: confirm }))
      }
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
      <TextField
        label={text("field.recoveryKey")}
        className="owl-mono"
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        value={recoveryKey}
        onChange={({ target }) => setRecoveryKey(target.value)}
        required
      />
      <PasswordField label={text("field.newPassword")} value={newPassword} onChange={setNewPassword} isNew />
    </DoorForm>
  );
}
