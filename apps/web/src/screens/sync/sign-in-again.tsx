import { Button, Notice, RebuildAccountForm, SignInForm, useSession, useSync } from "@owlivion/sync-react";
import { useState } from "react";
import { useText } from "../../i18n/text-provider.tsx";
import { saveRecoveryKey } from "../../session/save-recovery-key.ts";
import { useRegistration } from "../../session/use-registration.ts";

/**
 * The server ended this device's session: the password continues it, and what is here stays. A server that lost everything looks
 * the same from here, so the way to make the account there again stands beside it.
 */
export function SignInAgain() {
  const { text } = useText();
  const sync = useSync();
  const { state, account } = useSession();
  const registration = useRegistration();
  const [isRebuilding, setIsRebuilding] = useState(false);
  if (account === null || account.endedBy === null) return null;
  return (
    <section className="panel owl-stack" aria-label={text("signIn.title")}>
      <Notice tone="danger" isLive>
        <p>{text("signIn.ended")}</p>
      </Notice>
      {isRebuilding ? (
        <RebuildAccountForm
          email={account.email}
          needsInvitation={registration === "invite"}
          onRebuild={(input) => sync.rebuildAccount(input)}
          onBack={() => setIsRebuilding(false)}
          onDownload={saveRecoveryKey}
        />
      ) : (
        <SignInForm email={account.email} onSignIn={(input) => sync.signIn(input)}>
          {state === "unlocked" ? (
            <Button look="quiet" size="small" onClick={() => setIsRebuilding(true)}>
              {text("signIn.rebuild")}
            </Button>
          ) : null}
        </SignInForm>
      )}
    </section>
  );
}
