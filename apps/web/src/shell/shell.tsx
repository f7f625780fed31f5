import { Button, Notice, useConflicts, useSession } from "@owlivion/sync-react";
import { lazy, Suspense, useEffect, useRef, useSyncExternalStore } from "react";
import { Link, Redirect, Route, Switch, useLocation } from "wouter";
import { useText } from "../i18n/text-provider.tsx";
import { newBuild, takeNewBuild } from "../offline/keep-app-offline.ts";
import { Icon, Mark } from "./icons.tsx";
import { keepingScreens, phoneScreens, recordScreens, type ScreenLink } from "./screens.ts";
import { StatusLine } from "./status-line.tsx";

const ContactsScreen = lazy(() => import("../screens/contacts/contacts-screen.tsx"));
const AccountsScreen = lazy(() => import("../screens/accounts/accounts-screen.tsx"));
const SignaturesScreen = lazy(() => import("../screens/signatures/signatures-screen.tsx"));
const PreferencesScreen = lazy(() => import("../screens/preferences/preferences-screen.tsx"));
const SyncScreen = lazy(() => import("../screens/sync/sync-screen.tsx"));
const ConflictsScreen = lazy(() => import("../screens/conflicts/conflicts-screen.tsx"));
const PastScreen = lazy(() => import("../screens/past/past-screen.tsx"));
const HistoryScreen = lazy(() => import("../screens/past/history-screen.tsx"));
const DevicesScreen = lazy(() => import("../screens/devices/devices-screen.tsx"));
const SecurityScreen = lazy(() => import("../screens/security/security-screen.tsx"));
const MoreScreen = lazy(() => import("../screens/more/more-screen.tsx"));

/** The frame around every screen of somebody who is signed in. */
export function Shell() {
  const { text } = useText();
  const { account } = useSession();
  const [location] = useLocation();
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    for (const scroller of [main.current, document.scrollingElement]) scroller?.scrollTo(0, 0);
  }, [location]);
  const hasNewBuild = useSyncExternalStore(newBuild.subscribe, newBuild.isThere);
  return (
    <div className="shell owl-scope">
      <a className="skip" href="#content">
        {text("shell.skip")}
      </a>
      <header className="shell__top">
        <Link href="/contacts" className="shell__brand">
          <Mark />
          <span>{text("app.name")}</span>
        </Link>
        <StatusLine />
      </header>
      <nav className="shell__side" aria-label={text("shell.navigation")}>
        <NavList screens={recordScreens} />
        <NavList screens={keepingScreens} />
        <p className="shell__account owl-small owl-muted">{account?.email}</p>
      </nav>
      <main ref={main} id="content" className="shell__main" tabIndex={-1}>
        {hasNewBuild ? (
          <Notice tone="info" isLive>
            <div className="owl-row owl-row--between">
              <span>{text("shell.newBuild")}</span>
              <Button size="small" onClick={takeNewBuild}>
                {text("shell.reload")}
              </Button>
            </div>
          </Notice>
        ) : null}
        <Suspense fallback={<p className="owl-muted" />}>
          <Switch>
            <Route path="/contacts/*?" component={ContactsScreen} />
            <Route path="/accounts/*?" component={AccountsScreen} />
            <Route path="/signatures/*?" component={SignaturesScreen} />
            <Route path="/preferences" component={PreferencesScreen} />
            <Route path="/sync" component={SyncScreen} />
            <Route path="/conflicts" component={ConflictsScreen} />
            <Route path="/past" component={PastScreen} />
            <Route path="/past/:type/:id">
              {({ type, id }) => <HistoryScreen key={id} dataType={type} id={decodeURIComponent(id)} />}
            </Route>
            <Route path="/devices" component={DevicesScreen} />
            <Route path="/security" component={SecurityScreen} />
            <Route path="/more" component={MoreScreen} />
            <Route>
              <Redirect to="/contacts" replace />
            </Route>
          </Switch>
        </Suspense>
      </main>
      <nav className="shell__foot" aria-label={text("shell.navigation")}>
        <NavList screens={phoneScreens} />
      </nav>
    </div>
  );
}

function NavList({ screens }: { readonly screens: readonly ScreenLink[] }) {
  return (
    <ul>
      {screens.map((screen) => (
        <NavItem key={screen.path} {...screen} />
      ))}
    </ul>
  );
}

function NavItem({ path, icon, name }: ScreenLink) {
  const { text, number } = useText();
  const [location] = useLocation();
  const open = useConflicts().value?.length ?? 0;
  const isHere = location === path || location.startsWith(`${path}/`);
  return (
    <li>
      <Link href={path} className="nav-item" aria-current={isHere ? "page" : undefined}>
        <Icon name={icon} />
        <span>{text(name)}</span>
        {path === "/conflicts" && open > 0 ? <span className="badge">{number(open)}</span> : null}
      </Link>
    </li>
  );
}
