import { AlertDialog, Button, SignInForm, UnlockForm, useSession, useSync, useSyncStatus } from "@owlivion/sync-react";
import { useState } from "react";
import { useText } from "../../i18n/text-provider.tsx";
import { Way } from "./way.tsx";

/** The device holds an account without its keys: the password opens it, also offline, unless the session was ended. */
export function LockedDoor() {
  const { text } = useText();
  const sync = useSync();
  const { account } = useSession();
  const { waiting } = useSyncStatus();
  const [isAsking, setIsAsking] = useState(false);
  const email = account?.email ?? "";
  const hasEnded = account !== null && account.endedBy !== null;
  const ask = (): void => setIsAsking(true);
  return (
    <Way title={text("unlock.title")} lead={hasEnded ? text("unlock.endedLead", { email }) : undefined}>
      {hasEnded ? (
        <SignInForm email={email} onSignIn={(input) => sync.signIn(input)}>
          <Button look="quiet" size="small" onClick={ask}>
            {text("unlock.other")}
          </Button>
        </SignInForm>
      ) : (
        <UnlockForm email={email} onUnlock={(password) => sync.unlock({ password })} onSignOut={ask} />
      )}
      <AlertDialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        title={text("unlock.otherTitle")}
        description={waiting > 0 ? text("unlock.otherWaiting", { count: waiting }) : text("unlock.otherText")}
        actions={
          <Button
            look="danger"
            onClick={() => {
              setIsAsking(false);
              void sync.signOut({ force: true });
            }}
          >
            {text("unlock.erase")}
          </Button>
        }
      />
    </Way>
  );
}
