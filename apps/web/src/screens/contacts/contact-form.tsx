import { type Contact } from "@owlivion/sync-client";
import { Button, Notice, TextField, useNames, useSync } from "@owlivion/sync-react";
import { type FormEvent, useEffect, useId, useRef, useState } from "react";
import { useErrorText } from "../../i18n/error-text.ts";
import { useText } from "../../i18n/text-provider.tsx";
import { changesOf, type ContactDraft, isBirthday, isEmptyDraft, toDraft } from "./contact-fields.ts";
import type { StoredContact } from "./contact-order.ts";

export interface ContactFormProps {
  /** Null: a new one. */
  readonly contact: StoredContact | null;
  /** With the contact's id, or null when it was given up. */
  readonly onDone: (id: string | null) => void;
}

/** What the person began with is kept, so that an edit of another device meanwhile is merged and not overwritten. */
export function ContactForm({ contact, onDone }: ContactFormProps) {
  const { text } = useText();
  const { fieldName } = useNames();
  const errorText = useErrorText();
  const sync = useSync();
  const [base] = useState<Contact>(contact ?? {});
  const [draft, setDraft] = useState<ContactDraft>(() => toDraft(base));
  const [problem, setProblem] = useState<string | null>(null);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector("input")?.focus(), []);

  const set =
    (field: keyof ContactDraft) =>
    ({ target }: { readonly target: { readonly value: string } }): void =>
      setDraft((before) => ({ ...before, [field]: target.value }));

  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (isEmptyDraft(draft)) return setProblem(text("contacts.nothingEntered"));
    if (!isBirthday(draft.birthday)) return setProblem(text("contacts.badBirthday"));
    const collection = sync.collection<Contact>("contacts");
    const changes = changesOf(base, draft);
    try {
      if (contact === null) onDone(await collection.put(changes as Contact));
      else {
        if (Object.keys(changes).length > 0) await collection.patch(contact.id, changes);
        onDone(contact.id);
      }
    } catch (error) {
      setProblem(errorText(error));
    }
  };

  return (
    <form ref={form} className="owl-stack panel" onSubmit={(event) => void save(event)} noValidate>
      <h2 className="owl-title">{contact === null ? text("contacts.newTitle") : text("contacts.editTitle")}</h2>
      {problem === null ? null : (
        <Notice tone="danger" isLive>
          {problem}
        </Notice>
      )}
      <TextField label={fieldName("name")} value={draft.name} onChange={set("name")} autoComplete="off" />
      <TextArea
        label={fieldName("emails")}
        hint={text("contact.linesHint")}
        value={draft.emails}
        onChange={set("emails")}
      />
      <TextArea label={fieldName("phones")} value={draft.phones} onChange={set("phones")} />
      <div className="fields">
        <TextField label={fieldName("company")} value={draft.company} onChange={set("company")} autoComplete="off" />
        <TextField label={fieldName("title")} value={draft.title} onChange={set("title")} autoComplete="off" />
        <TextField label={fieldName("nickname")} value={draft.nickname} onChange={set("nickname")} autoComplete="off" />
        <TextField
          label={fieldName("birthday")}
          hint={text("contact.birthdayHint")}
          value={draft.birthday}
          onChange={set("birthday")}
          autoComplete="off"
        />
      </div>
      <TextField
        label={fieldName("groups")}
        hint={text("contact.groupsHint")}
        value={draft.groups}
        onChange={set("groups")}
        autoComplete="off"
      />
      <TextArea label={fieldName("urls")} value={draft.urls} onChange={set("urls")} />
      <TextArea label={fieldName("notes")} value={draft.notes} onChange={set("notes")} />
      <label className="check">
        <input
          type="checkbox"
          checked={draft.favourite}
          onChange={({ target }) => setDraft((before) => ({ ...before, favourite: target.checked }))}
        />
        {fieldName("favourite")}
      </label>
      <div className="owl-row owl-row--end">
        <Button onClick={() => onDone(contact?.id ?? null)}>{text("form.cancel")}</Button>
        <Button type="submit" look="primary">
          {text("form.save")}
        </Button>
      </div>
    </form>
  );
}

interface TextAreaProps {
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  readonly onChange: (event: { readonly target: { readonly value: string } }) => void;
}

function TextArea({ label, hint, value, onChange }: TextAreaProps) {
  const id = useId();
  return (
    <div className="owl-field">
      <label className="owl-field__label" htmlFor={id}>
        {label}
      </label>
      <textarea
        id={id}
        className="owl-input"
        rows={Math.max(2, value.split("\n").length)}
        value={value}
        onChange={onChange}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
      />
      {hint === undefined ? null : (
        <div id={`${id}-hint`} className="owl-field__hint">
          {hint}
        </div>
      )}
    </div>
  );
}
