import type { RecordFields } from "@owlivion/sync-client";
import { useCollection, useSync } from "@owlivion/sync-react";
import { type ReactNode } from "react";
import { Link, useLocation } from "wouter";
import { useText } from "../../i18n/text-provider.tsx";
import { Icon } from "../../shell/icons.tsx";
import { Screen } from "../../shell/screen.tsx";
import { recordName } from "../record-text.ts";
import type { Draft, FieldSpec } from "./record-fields.ts";
import { RecordForm } from "./record-form.tsx";

export interface RecordsScreenProps {
  readonly dataType: "accounts" | "signatures";
  readonly specs: readonly FieldSpec[];
  readonly title: string;
  readonly lead: string;
  readonly empty: string;
  readonly lineOf: (record: RecordFields) => string;
  readonly preview?: (draft: Draft) => ReactNode;
}

/** A few records, each a form of its own: mail accounts and signatures. */
export function RecordsScreen({ dataType, specs, title, lead, empty, lineOf, preview }: RecordsScreenProps) {
  const { text } = useText();
  const sync = useSync();
  const [location, navigate] = useLocation();
  const { value: records } = useCollection(dataType);
  const root = `/${dataType}`;
  const open = location.slice(root.length + 1);
  const openId = open === "" || open === "new" ? null : decodeURIComponent(open);
  const chosen = records?.find(({ id }) => id === openId);
  const collection = sync.collection(dataType);
  const close = (): void => navigate(root);

  return (
    <Screen
      title={title}
      lead={lead}
      actions={
        <Link href={`${root}/new`} className="owl-button owl-button--primary">
          <Icon name="plus" />
          {text("form.new")}
        </Link>
      }
    >
      {open === "new" ? (
        <RecordForm
          key="new"
          title={text("form.newTitle")}
          specs={specs}
          record={{}}
          onCancel={close}
          onSave={async (changes) => {
            await collection.put(changes as RecordFields);
            close();
          }}
          {...(preview === undefined ? {} : { preview })}
        />
      ) : null}
      {chosen === undefined ? null : (
        <RecordForm
          key={chosen.id}
          title={recordName(dataType, chosen)}
          specs={specs}
          record={chosen}
          onCancel={close}
          onSave={async (changes) => {
            if (Object.keys(changes).length > 0) await collection.patch(chosen.id, changes as RecordFields);
            close();
          }}
          onDelete={async () => {
            await collection.delete(chosen.id);
            close();
          }}
          {...(preview === undefined ? {} : { preview })}
        />
      )}
      {records === undefined ? null : records.length === 0 && open === "" ? (
        <p className="empty">{empty}</p>
      ) : (
        <ul className="cards">
          {records.map((record) => (
            <li key={record.id}>
              <Link
                href={`${root}/${encodeURIComponent(record.id)}`}
                className="panel card card--link"
                aria-current={record.id === openId ? "true" : undefined}
              >
                <span>
                  <strong>{recordName(dataType, record)}</strong>
                  <span className="card__line owl-small owl-muted">{lineOf(record)}</span>
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Screen>
  );
}
