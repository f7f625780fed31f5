import { type Contact } from "@owlivion/sync-client";
import { Button, useCollection } from "@owlivion/sync-react";
import { lazy, Suspense, useDeferredValue, useEffect, useMemo, useState } from "react";
import { Link, Route, Switch, useLocation } from "wouter";
import { useText } from "../../i18n/text-provider.tsx";
import { Icon } from "../../shell/icons.tsx";
import { Screen } from "../../shell/screen.tsx";
import { ContactDetail } from "./contact-detail.tsx";
import { ContactForm } from "./contact-form.tsx";
import { ContactList } from "./contact-list.tsx";
import { createContactOrder, groupByLetter, searchContacts, warmSearch } from "./contact-order.ts";
import { PendingImport } from "./pending-import.tsx";

const ImportDialog = lazy(() => import("./import-dialog.tsx"));

/** The list beside one contact; on a phone the one or the other. */
export default function ContactsScreen() {
  const { text, number, locale } = useText();
  const [location, navigate] = useLocation();
  const [query, setQuery] = useState("");
  const [isImporting, setIsImporting] = useState(false);
  const order = useMemo(() => createContactOrder(locale), [locale]);
  const { value: contacts } = useCollection<Contact>("contacts", { compare: order });
  useEffect(() => warmSearch(contacts ?? []), [contacts]);
  const deferredQuery = useDeferredValue(query);
  const found = useMemo(() => searchContacts(contacts ?? [], deferredQuery), [contacts, deferredQuery]);
  const rows = useMemo(() => groupByLetter(found, locale), [found, locale]);
  const openId = /^\/contacts\/(?!new$)([^/]+)/.exec(location)?.[1];
  const isListOnly = location === "/contacts";

  return (
    <div className={isListOnly ? "split split--list" : "split"}>
      <div className="split__list">
        <Screen
          isWide
          title={text("screen.contacts")}
          actions={
            <>
              <Button size="small" onClick={() => setIsImporting(true)}>
                {text("contacts.transfer")}
              </Button>
              <Link href="/contacts/new" className="owl-button owl-button--primary owl-button--small">
                <Icon name="plus" />
                {text("contacts.new")}
              </Link>
            </>
          }
        >
          <PendingImport onResume={() => setIsImporting(true)} />
          <div className="search">
            <Icon name="search" />
            <input
              type="search"
              className="owl-input"
              aria-label={text("contacts.search")}
              placeholder={text("contacts.search")}
              value={query}
              onChange={({ target }) => setQuery(target.value)}
            />
          </div>
          <p className="owl-small owl-muted" role="status">
            {contacts === undefined ? "" : text("contacts.count", { count: found.length })}
          </p>
          {contacts === undefined ? null : contacts.length === 0 ? (
            <p className="empty">{text("contacts.none")}</p>
          ) : found.length === 0 ? (
            <p className="empty">{text("contacts.notFound", { query: deferredQuery })}</p>
          ) : (
            <ContactList rows={rows} total={number(found.length)} openId={openId} />
          )}
        </Screen>
      </div>
      <div className="split__detail">
        <Switch>
          <Route path="/contacts/new">
            <ContactForm
              key="new"
              contact={null}
              onDone={(id) => navigate(id === null ? "/contacts" : `/contacts/${id}`)}
            />
          </Route>
          <Route path="/contacts/:id/*?">{({ id }) => <ContactDetail key={id} id={decodeURIComponent(id)} />}</Route>
          <Route>
            <p className="split__nothing owl-muted">{text("contacts.choose")}</p>
          </Route>
        </Switch>
      </div>
      <Suspense fallback={null}>{isImporting ? <ImportDialog onClose={() => setIsImporting(false)} /> : null}</Suspense>
    </div>
  );
}
