import { PasswordField, useSync } from "@owlivion/sync-react";
import { useState } from "react";
import { useText } from "../../i18n/text-provider.tsx";
import { useTask } from "../../session/use-task.ts";
import { Panel } from "./panel.tsx";

export function NewPassword() {
  const { text } = useText();
  const sync = useSync();
  const task = useTask();
  const [password, setPassword] = useState("");
  const [newPassword, setNewPassword] = useState("");
  const [isDone, setIsDone] = useState(false);
  const change = async (): Promise<void> => {
    setIsDone(false);
    if (!(await task.run(() => sync.changePassword({ password, newPassword })))) return;
    setPassword("");
    setNewPassword("");
    setIsDone(true);
  };
  return (
    <Panel
      title={text("security.password")}
      lead={text("security.passwordLead")}
      submit={text("security.passwordSubmit")}
      task={task}
      onSubmit={() => void change()}
      done={isDone ? text("security.passwordDone") : null}
    >
      <PasswordField
        label={text("field.password")}
        value={password}
        onChange={({ target }) => setPassword(target.value)}
        autoComplete="current-password"
      />
      <PasswordField
        label={text("field.newPassword")}
        value={newPassword}
        onChange={({ target }) => setNewPassword(target.value)}
        autoComplete="new-password"
      />
    </Panel>
  );
}
