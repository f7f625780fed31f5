import { Button, Notice, useSession, useSync } from "@owlivion/sync-react";
import { useState } from "react";
import { useText } from "../../i18n/text-provider.tsx";
import { PasswordField } from "../../session/password-field.tsx";
import { useTask } from "../../session/use-task.ts";

/** Sync has stopped. Where the session was ended elsewhere, the password continues it; what is here stays. */
export function SignInAgain({ message }: { readonly message: string }) {
  const { text } = useText();
  const sync = useSync();
  const { account } = useSession();
  const task = useTask();
  const [password, setPassword] = useState("");
  if (account === null || account.endedBy === null) return <Notice tone="danger">{message}</Notice>;
  return (
    <Notice tone="danger">
      <p>{text("signIn.ended")}</p>
      <form
        className="owl-stack owl-stack--tight"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void task.run(() => sync.signIn({ email: account.email, password }));
        }}
      >
        <PasswordField label={text("field.password")} value={password} onChange={setPassword} />
        {task.error === null ? null : (
          <p className="owl-field__error" role="alert">
            {task.error}
          </p>
        )}
        <Button type="submit" look="primary" aria-disabled={task.isRunning}>
          {task.isRunning ? text("form.working") : text("signIn.submit")}
        </Button>
      </form>
    </Notice>
  );
}
