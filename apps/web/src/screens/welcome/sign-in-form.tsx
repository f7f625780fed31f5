import { TextField, useSync } from "@owlivion/sync-react";
import { useState } from "react";
import { Link } from "wouter";
import { useText } from "../../i18n/text-provider.tsx";
import { PasswordField } from "../../session/password-field.tsx";
import { useTask } from "../../session/use-task.ts";
import { DoorForm } from "./door-form.tsx";

export function SignInForm() {
  const { text } = useText();
  const sync = useSync();
  const task = useTask();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  return (
    <DoorForm
      title={text("signIn.title")}
      submit={text("signIn.submit")}
      task={task}
      onSubmit={() => void task.run(() => sync.signIn({ email, password }))}
      links={
        <>
          <Link href="/sign-up">{text("signIn.toSignUp")}</Link>
          <Link href="/recover">{text("signIn.toRecover")}</Link>
        </>
      }
    >
      <TextField
        label={text("field.email")}
        type="email"
        autoComplete="username"
        value={email}
        onChange={({ target }) => setEmail(target.value)}
        required
      />
      <PasswordField label={text("field.password")} value={password} onChange={setPassword} />
    </DoorForm>
  );
}
