import { AlertDialog, Button, PasswordField, useSession, useSync } from "@owlivion/sync-react";
import { useState } from "react";
import { useText } from "../../i18n/text-provider.tsx";
import { useTask } from "../../session/use-task.ts";
import { Panel } from "./panel.tsx";

export function DeleteAccount() {
  const { text } = useText();
  const sync = useSync();
  const { account } = useSession();
  const task = useTask();
  const [password, setPassword] = useState("");
  const [isAsking, setIsAsking] = useState(false);
  return (
    <>
      <Panel
        title={text("security.delete")}
        lead={text("security.deleteLead")}
        submit={text("security.deleteSubmit")}
        look="danger"
        task={task}
        onSubmit={() => setIsAsking(true)}
      >
        <PasswordField
          label={text("field.password")}
          value={password}
          onChange={({ target }) => setPassword(target.value)}
          autoComplete="current-password"
        />
      </Panel>
      <AlertDialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        title={text("security.deleteTitle")}
        description={text("security.deleteText", { email: account?.email ?? "" })}
        actions={
          <Button
            look="danger"
            onClick={() => {
              setIsAsking(false);
              void task.run(() => sync.deleteAccount({ password }));
            }}
          >
            {text("security.deleteSubmit")}
          </Button>
        }
      />
    </>
  );
}
