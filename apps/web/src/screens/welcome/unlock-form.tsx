import { AlertDialog, Button, useSession, useSync, useSyncStatus } from "@owlivion/sync-react";
import { useState } from "react";
import { useText } from "../../i18n/text-provider.tsx";
import { PasswordField } from "../../session/password-field.tsx";
import { useTask } from "../../session/use-task.ts";
import { DoorForm } from "./door-form.tsx";

/** The device holds an account without its keys: the password opens it, also offline. */
export function UnlockForm() {
  const { text } = useText();
  const sync = useSync();
  const { account } = useSession();
  const { waiting } = useSyncStatus();
  const task = useTask();
  const [password, setPassword] = useState("");
  const [isAsking, setIsAsking] = useState(false);
  const email = account?.email ?? "";
  const hasEnded = account != null && account.endedBy !== null;
  const open = (): Promise<void> => (hasEnded ? sync.signIn({ email, password }) : sync.unlock({ password }));
  const erase = async (): Promise<void> => {
    setIsAsking(false);
    await task.run(async () => void (await sync.signOut({ force: true })));
  };
  return (
    <>
      <DoorForm
        title={text("unlock.title")}
        lead={hasEnded ? text("unlock.endedLead", { email }) : text("unlock.lead", { email })}
        submit={hasEnded ? text("signIn.submit") : text("unlock.submit")}
        task={task}
        onSubmit={() => void task.run(open)}
        links={
          <button type="button" className="link" onClick={() => setIsAsking(true)}>
            {text("unlock.other")}
          </button>
        }
      >
        <PasswordField label={text("field.password")} value={password} onChange={setPassword} />
      </DoorForm>
      <AlertDialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        title={text("unlock.otherTitle")}
        description={waiting > 0 ? text("unlock.otherWaiting", { count: waiting }) : text("unlock.otherText")}
        actions={
          <Button look="danger" onClick={() => void erase()}>
            {text("unlock.erase")}
          </Button>
        }
      />
    </>
  );
}
