import { useSession } from "@owlivion/sync-react";
import { Link, Redirect, Route, Switch } from "wouter";
import { locales } from "../../i18n/locale.ts";
import { useText } from "../../i18n/text-provider.tsx";
import { Mark } from "../../shell/icons.tsx";
import { RecoverForm } from "./recover-form.tsx";
import { SignInForm } from "./sign-in-form.tsx";
import { SignUpForm } from "./sign-up-form.tsx";
import { UnlockForm } from "./unlock-form.tsx";

/** For who is not signed in: what this is, and the ways in. */
export default function WelcomeScreen() {
  const { text, chosen, choose } = useText();
  const { state } = useSession();
  return (
    <div className="door owl-scope">
      <aside className="door__about">
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
        <Link href="/demo">{text("welcome.demo")}</Link>
      </aside>
      <main className="door__main">
        {state === "locked" ? (
          <UnlockForm />
        ) : (
          <Switch>
            <Route path="/sign-up">
              <SignUpForm />
            </Route>
            <Route path="/recover">
              <RecoverForm />
            </Route>
            <Route path="/sign-in">
              <SignInForm />
            </Route>
            <Route>
              <Redirect to="/sign-in" replace />
            </Route>
          </Switch>
        )}
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
