import { contactItemValue } from "@owlivion/sync-client";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, memo, useRef } from "react";
import { Link } from "wouter";
import { useText } from "../../i18n/text-provider.tsx";
import { Icon } from "../../shell/icons.tsx";
import { type ListRow, nameOf, type StoredContact } from "./contact-order.ts";

const contactRowPx = 60;
const letterRowPx = 36;

export interface ContactListProps {
  readonly rows: readonly ListRow[];
  /** How many contacts there are, as the language writes it. */
  readonly total: string;
  readonly openId: string | undefined;
}

/** Only what can be seen is in the page; arrow keys, Home and End walk through all of it. */
export function ContactList({ rows, total, openId }: ContactListProps) {
  const { text } = useText();
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (i) => (rows[i]?.kind === "letter" ? letterRowPx : contactRowPx),
    getItemKey: (i) => keyOf(rows[i], i),
    overscan: 12,
  });

  const walk = (event: KeyboardEvent<HTMLElement>): void => {
    const row = (event.target as HTMLElement).closest<HTMLElement>("[data-row]");
    if (row === null) return;
    const to = nextContact(rows, Number(row.dataset["row"]), event.key);
    if (to === undefined) return;
    event.preventDefault();
    virtualizer.scrollToIndex(to);
    focusRow(scroller.current, to);
  };

  return (
    <div
      ref={scroller}
      className="contact-list"
      role="region"
      tabIndex={-1}
      aria-label={text("contacts.list", { total })}
    >
      <ul className="contact-list__rows" style={{ blockSize: virtualizer.getTotalSize() }} onKeyDown={walk}>
        {virtualizer.getVirtualItems().map(({ key, index, start, size }) => {
          const row = rows[index];
          return row === undefined ? null : (
            <li
              key={key}
              data-row={index}
              className="contact-list__row"
              style={{ blockSize: size, transform: `translateY(${start}px)` }}
            >
              {row.kind === "letter" ? (
                <span className="contact-list__letter">{row.letter}</span>
              ) : (
                <ContactRow contact={row.contact} isOpen={row.contact.id === openId} />
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

const ContactRow = memo(({ contact, isOpen }: { readonly contact: StoredContact; readonly isOpen: boolean }) => {
  const { text } = useText();
  const name = nameOf(contact);
  const first = contact.emails?.[0] ?? contact.phones?.[0];
  return (
    <Link
      href={`/contacts/${encodeURIComponent(contact.id)}`}
      className="contact-row"
      aria-current={isOpen ? "true" : undefined}
    >
      <Initials name={name} />
      <span className="contact-row__text">
        <span className="contact-row__name">{name === "" ? text("contacts.nameless") : name}</span>
        <span className="contact-row__line">{first === undefined ? contact.company : contactItemValue(first)}</span>
      </span>
      {contact.favourite === true ? <Icon name="star" isFilled /> : null}
    </Link>
  );
});

/** One of eight quiet colours, always the same for a name. */
export function Initials({ name, isLarge = false }: { readonly name: string; readonly isLarge?: boolean }) {
  const letters = name
    .split(/\s+/)
    .filter((word) => /^\p{L}/u.test(word))
    .map((word) => [...word][0]!.toLocaleUpperCase());
  const hue = [...name].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0) % 8;
  const initials = letters.length > 1 ? `${letters[0]}${letters.at(-1)}` : (letters[0] ?? "·");
  return (
    <span className={isLarge ? "initials initials--large" : "initials"} data-hue={hue} aria-hidden="true">
      {initials}
    </span>
  );
}

const keyOf = (row: ListRow | undefined, i: number): string | number =>
  row === undefined ? i : row.kind === "letter" ? `letter ${row.letter} ${i}` : row.contact.id;

function nextContact(rows: readonly ListRow[], from: number, key: string): number | undefined {
  const step = key === "ArrowDown" || key === "Home" ? 1 : key === "ArrowUp" || key === "End" ? -1 : 0;
  if (step === 0) return undefined;
  let at = key === "Home" ? 0 : key === "End" ? rows.length - 1 : from + step;
  while (rows[at]?.kind === "letter") at += step;
  return rows[at] === undefined ? undefined : at;
}

/** A row that was out of sight is drawn in the next frame. */
function focusRow(scroller: HTMLElement | null, index: number, tries = 5): void {
  const link = scroller?.querySelector<HTMLElement>(`[data-row="${index}"] a`);
  if (link != null) link.focus({ preventScroll: true });
  else if (tries > 0) requestAnimationFrame(() => focusRow(scroller, index, tries - 1));
}
