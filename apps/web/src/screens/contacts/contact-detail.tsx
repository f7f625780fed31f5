import { type Contact, contactItemValue, type ContactItem } from "@owlivion/sync-client";
import { AlertDialog, Button, Notice, useNames, useRecord, useSync } from "@owlivion/sync-react";
import { useEffect, useRef, useState } from "react";
import { Link, useLocation } from "wouter";
import { useText } from "../../i18n/text-provider.tsx";
import { Icon } from "../../shell/icons.tsx";
import { ContactForm } from "./contact-form.tsx";
import { Initials } from "./contact-list.tsx";
import { nameOf } from "./contact-order.ts";

export function ContactDetail({ id }: { readonly id: string }) {
  const { text } = useText();
  const { fieldName } = useNames();
  const sync = useSync();
  const [, navigate] = useLocation();
  const [isEditing, setIsEditing] = useState(false);
  const [isAsking, setIsAsking] = useState(false);
  const { value } = useRecord<Contact>("contacts", id);
  const heading = useRef<HTMLHeadingElement>(null);
  const isThere = value?.record != null;
  useEffect(() => {
    if (isThere && !isEditing && matchMedia("(max-width: 52rem)").matches)
      heading.current?.focus({ preventScroll: true });
  }, [isThere, isEditing]);
  if (value === undefined) return null;
  const { record, state } = value;
  if (record === null) return <p className="split__nothing owl-muted">{text("contacts.gone")}</p>;
  if (isEditing) return <ContactForm contact={record} onDone={() => setIsEditing(false)} />;

  const name = nameOf(record);
  const remove = async (): Promise<void> => {
    await sync.collection("contacts").delete(id);
    navigate("/contacts");
  };
  return (
    <article className="owl-stack panel" aria-labelledby="contact-name">
      <Link href="/contacts" className="split__back owl-button owl-button--quiet owl-button--small">
        <Icon name="back" />
        {text("contacts.back")}
      </Link>
      <header className="contact-head">
        <Initials name={name} isLarge />
        <div>
          <h2 id="contact-name" ref={heading} tabIndex={-1} className="owl-title owl-title--page">
            {name === "" ? text("contacts.nameless") : name}
          </h2>
          <p className="owl-muted">{[record.title, record.company].filter(Boolean).join(", ")}</p>
        </div>
      </header>
      {state.openConflicts > 0 ? (
        <Notice tone="warning">
          <p>
            {text("contacts.conflict")} <Link href="/conflicts">{text("screen.conflicts")}</Link>
          </p>
        </Notice>
      ) : null}
      {state.isWaiting ? <p className="owl-small owl-muted">{text("contacts.waiting")}</p> : null}
      <dl className="facts">
        <Items name={fieldName("emails")} items={record.emails} scheme="mailto:" />
        <Items name={fieldName("phones")} items={record.phones} scheme="tel:" />
        <Items name={fieldName("urls")} items={record.urls} />
        <Fact name={fieldName("nickname")} value={record.nickname} />
        <Fact name={fieldName("birthday")} value={record.birthday} />
        <Fact name={fieldName("groups")} value={record.groups?.join(", ")} />
        <Fact name={fieldName("notes")} value={record.notes} />
      </dl>
      <div className="owl-row">
        <Button look="primary" onClick={() => setIsEditing(true)}>
          {text("form.edit")}
        </Button>
        <Link href={`/past/contacts/${encodeURIComponent(id)}`} className="owl-button">
          {text("contacts.history")}
        </Link>
        <Button look="quiet" onClick={() => setIsAsking(true)}>
          {text("form.delete")}
        </Button>
      </div>
      <AlertDialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        title={text("contacts.deleteTitle", { name })}
        description={text("contacts.deleteText")}
        actions={
          <Button look="danger" onClick={() => void remove()}>
            {text("form.delete")}
          </Button>
        }
      />
    </article>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string | undefined }) {
  if (value === undefined || value === "") return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd className="facts__text">{value}</dd>
    </div>
  );
}

interface ItemsProps {
  readonly name: string;
  readonly items: readonly ContactItem[] | undefined;
  readonly scheme?: "mailto:" | "tel:";
}

/** Links of our own making only: what somebody wrote as an address on the web is shown, not followed. */
function Items({ name, items, scheme }: ItemsProps) {
  if (items === undefined || items.length === 0) return null;
  return (
    <div>
      <dt>{name}</dt>
      {items.map((item) => {
        const value = contactItemValue(item);
        const types = typeof item === "string" ? [] : (item.types ?? []);
        return (
          <dd key={value}>
            {scheme === undefined ? value : <a href={`${scheme}${encodeURIComponent(value)}`}>{value}</a>}
            {types.length > 0 ? <span className="owl-small owl-muted"> {types.join(", ")}</span> : null}
          </dd>
        );
      })}
    </div>
  );
}
