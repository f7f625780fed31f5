import { type Contact, contactItemValue, contactName, type StoredRecord } from "@owlivion/sync-client";
import {
  Button,
  ConflictView,
  Switch,
  useCollection,
  useConflicts,
  useNames,
  useSync,
  useSyncStatus,
  useWords,
} from "@owlivion/sync-react";
import { type FormEvent, useId, useState } from "react";
import { useText } from "../../i18n/text-provider.tsx";
import type { DemoDevice } from "./demo-devices.ts";

export interface DemoPaneProps {
  readonly name: string;
  readonly device: DemoDevice;
}

/** One device: its contacts, whether it has a network, how its sync stands. */
export function DemoPane({ name, device }: DemoPaneProps) {
  const { text } = useText();
  const words = useWords();
  const sync = useSync();
  const status = useSyncStatus();
  const { value: conflicts, resolve } = useConflicts();
  const { value: contacts } = useCollection<Contact>("contacts", { orderBy: "name" });
  const id = useId();
  const [isOffline, setIsOffline] = useState(false);
  const [added, setAdded] = useState("");
  const add = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (added.trim() === "") return;
    await sync.collection<Contact>("contacts").put({ name: added.trim() });
    setAdded("");
  };
  return (
    <section className="panel owl-stack demo-pane" aria-labelledby={`${id}-name`} data-offline={isOffline}>
      <header className="owl-row owl-row--between">
        <h2 id={`${id}-name`} className="owl-title">
          {name}
        </h2>
        <span role="status" className="owl-small">
          {status.waiting > 0
            ? words.text("status.idleWaiting", { count: status.waiting })
            : words.text(`status.${status.state}`)}
        </span>
      </header>
      <div className="owl-row owl-row--between">
        <span id={`${id}-offline`}>{text("demo.offline")}</span>
        <Switch
          labelledBy={`${id}-offline`}
          isOn={isOffline}
          onChange={(isOn) => {
            setIsOffline(isOn);
            device.pretend.setOnline(!isOn);
          }}
        />
      </div>
      {conflicts?.map((conflict) => (
        <div key={conflict.id} className="panel">
          <ConflictView conflict={conflict} onResolve={resolve} />
        </div>
      ))}
      <ul className="demo-list">
        {contacts?.map((contact) => (
          <DemoContact key={contact.id} contact={contact} />
        ))}
      </ul>
      <form className="owl-input__group" onSubmit={(event) => void add(event)}>
        <input
          className="owl-input"
          aria-label={text("demo.add")}
          placeholder={text("demo.add")}
          value={added}
          onChange={({ target }) => setAdded(target.value)}
        />
        <Button type="submit">{text("form.add")}</Button>
      </form>
    </section>
  );
}

/** Written on every key, so that it appears on the other device as it is typed. */
function DemoContact({ contact }: { readonly contact: StoredRecord<Contact> }) {
  const { text } = useText();
  const { fieldName } = useNames();
  const sync = useSync();
  const email = contact.emails?.[0];
  const patch = (fields: { name?: string; company?: string }): void =>
    void sync.collection<Contact>("contacts").patch(contact.id, fields);
  return (
    <li className="demo-contact">
      <LiveInput
        label={fieldName("name")}
        value={contact.name ?? contactName(contact)}
        onType={(name) => patch({ name })}
      />
      <LiveInput
        label={text("demo.companyOf", { name: contactName(contact) })}
        placeholder={fieldName("company")}
        value={contact.company ?? ""}
        onType={(company) => patch({ company })}
      />
      {email === undefined ? null : <span className="owl-small owl-muted">{contactItemValue(email)}</span>}
    </li>
  );
}

interface LiveInputProps {
  readonly label: string;
  readonly placeholder?: string;
  readonly value: string;
  readonly onType: (value: string) => void;
}

/** While it has the focus it shows what is typed; else what the record says, wherever that came from. */
function LiveInput({ label, placeholder, value, onType }: LiveInputProps) {
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <input
      className="owl-input"
      aria-label={label}
      placeholder={placeholder}
      value={typed ?? value}
      onChange={({ target }) => {
        setTyped(target.value);
        onType(target.value);
      }}
      onBlur={() => setTyped(null)}
    />
  );
}
