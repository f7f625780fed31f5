import { RecoverForm, SignInForm, SignUpForm, useSession, useSync } from "@owlivion/sync-react";
import { Link, Redirect, Route, Switch, useLocation } from "wouter";
import { suggestedName } from "../../device/suggested-name.ts";
import { locales } from "../../i18n/locale.ts";
import { useText } from "../../i18n/text-provider.tsx";
import { saveRecoveryKey } from "../../session/save-recovery-key.ts";
import { Mark } from "../../shell/icons.tsx";
import { LockedDoor } from "./locked-door.tsx";
import { useRegistration } from "../../session/use-registration.ts";
import { Way } from "./way.tsx";

/** For who is not signed in: what this is, and the ways in. */
export default function WelcomeScreen() {
  const { text, chosen, choose } = useText();
  const { state } = useSession();
  return (
    <div className="door owl-scope">
      <aside className="door__about" aria-label={text("app.name")}>
        <p className="door__brand">
          <Mark />
          {text("app.name")}
        </p>
        <p className="door__claim">{text("welcome.claim")}</p>
        <ul className="door__points">
          <li>{text("welcome.sealed")}</li>
          <li>{text("welcome.offline")}</li>
          <li>{text("welcome.past")}</li>
        </ul>
        <p>
          <Link href="/demo">{text("welcome.demo")}</Link>
        </p>
      </aside>
      <main className="door__main">
        {state === "locked" ? <LockedDoor /> : <Ways />}
        <p className="door__languages owl-small">
          {locales.map((locale) => (
            <button
              key={locale}
              type="button"
              className="link"
              lang={locale}
              aria-pressed={locale === chosen}
              onClick={() => choose(locale)}
            >
              {new Intl.DisplayNames([locale], { type: "language" }).of(locale)}
            </button>
          ))}
        </p>
      </main>
    </div>
  );
}

function Ways() {
  const { text } = useText();
  const sync = useSync();
  const [, navigate] = useLocation();
  const registration = useRegistration();
  return (
    <Switch>
      <Route path="/sign-up">
        <Way title={text("signUp.title")} lead={registration === "closed" ? text("signUp.closed") : undefined}>
          <SignUpForm
            onSignUp={(input) => sync.signUp(input)}
            deviceName={suggestedName()}
            onSignIn={() => navigate("/sign-in")}
            needsInvitation={registration === "invite"}
            onDownload={saveRecoveryKey}
          />
        </Way>
      </Route>
      <Route path="/recover">
        <Way title={text("recover.title")}>
          <RecoverForm
            onRecover={(input) => sync.recover(input)}
            deviceName={suggestedName()}
            onBack={() => navigate("/sign-in")}
            onDownload={saveRecoveryKey}
          />
        </Way>
      </Route>
      <Route path="/sign-in">
        <Way title={text("signIn.title")}>
          <SignInForm
            onSignIn={(input) => sync.signIn(input)}
            deviceName={suggestedName()}
            onSignUp={() => navigate("/sign-up")}
            onRecover={() => navigate("/recover")}
          />
        </Way>
      </Route>
      <Route>
        <Redirect to="/sign-in" replace />
      </Route>
    </Switch>
  );
}
