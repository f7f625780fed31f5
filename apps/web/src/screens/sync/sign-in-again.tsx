import { Notice, SignInForm, useSession, useSync } from "@owlivion/sync-react";
import { useText } from "../../i18n/text-provider.tsx";

/** The server ended this device's session: the password continues it, and what is here stays. */
export function SignInAgain() {
  const { text } = useText();
  const sync = useSync();
  const { account } = useSession();
  if (account === null || account.endedBy === null) return null;
  return (
    <section className="panel owl-stack" aria-label={text("signIn.title")}>
      <Notice tone="danger" isLive>
        <p>{text("signIn.ended")}</p>
      </Notice>
      <SignInForm email={account.email} onSignIn={(input) => sync.signIn(input)} />
    </section>
  );
}
