import { useSession, useSync } from "@owlivion/sync-react";
import { useState } from "react";
import { useText } from "../../i18n/text-provider.tsx";
import { PasswordField } from "../../session/password-field.tsx";
import { useRecoveryKey } from "../../session/use-recovery-key.tsx";
import { useTask } from "../../session/use-task.ts";
import { Panel } from "./panel.tsx";

export function NewRecoveryKey() {
  const { text } = useText();
  const sync = useSync();
  const { account } = useSession();
  const task = useTask();
  const [password, setPassword] = useState("");
  const [isDone, setIsDone] = useState(false);
  const { confirm, step } = useRecoveryKey(account?.email ?? "");
  const replace = async (): Promise<void> => {
    setIsDone(false);
    if (!(await task.run(() => sync.newRecoveryKey({ password, confirmRecoveryKey: confirm })))) return;
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
      <PasswordField label={text("field.password")} value={password} onChange={setPassword} />
    </Panel>
  );
}
