import { PasswordField, useRecoveryKeyStep, useSync } from "@owlivion/sync-react";
import { useState } from "react";
import { useText } from "../../i18n/text-provider.tsx";
import { saveRecoveryKey } from "../../session/save-recovery-key.ts";
import { useTask } from "../../session/use-task.ts";
import { Panel } from "./panel.tsx";

export function NewRecoveryKey() {
  const { text } = useText();
  const sync = useSync();
  const task = useTask();
  const [password, setPassword] = useState("");
  const [isDone, setIsDone] = useState(false);
  const { step, confirmRecoveryKey } = useRecoveryKeyStep({ onDownload: saveRecoveryKey });
  const replace = async (): Promise<void> => {
    setIsDone(false);
    if (!(await task.run(() => sync.newRecoveryKey({ password, confirmRecoveryKey })))) return;
    setPassword("");
    setIsDone(true);
  };
  if (step !== null) return <div className="panel">{step}</div>;
  return (
    <Panel
      title={text("security.recovery")}
      lead={text("security.recoveryLead")}
      submit={text("security.recoverySubmit")}
      task={task}
      onSubmit={() => void replace()}
      done={isDone ? text("security.recoveryDone") : null}
    >
      <PasswordField
        label={text("field.password")}
        value={password}
        onChange={({ target }) => setPassword(target.value)}
        autoComplete="current-password"
      />
    </Panel>
  );
}
