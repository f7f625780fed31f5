import { type Contact, contactItemValue, type ContactItem } from "@owlivion/sync-client";

/** What the form shows: every text as the person types it; lists have a line for each item. */
export interface ContactDraft {
  readonly name: string;
  readonly nickname: string;
  readonly emails: string;
  readonly phones: string;
  readonly urls: string;
  readonly company: string;
  readonly title: string;
  readonly birthday: string;
  readonly groups: string;
  readonly notes: string;
  readonly favourite: boolean;
}

export const textFields = ["name", "nickname", "company", "title", "birthday", "notes"] as const;
export const itemFields = ["emails", "phones", "urls"] as const;

const lines = (text: string): string[] =>
  text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");

export function toDraft(contact: Contact): ContactDraft {
  const itemsOf = (items: readonly ContactItem[] | undefined): string => (items ?? []).map(contactItemValue).join("\n");
  return {
    name: contact.name ?? "",
    nickname: contact.nickname ?? "",
    company: contact.company ?? "",
    title: contact.title ?? "",
    birthday: contact.birthday ?? "",
    notes: contact.notes ?? "",
    emails: itemsOf(contact.emails),
    phones: itemsOf(contact.phones),
    urls: itemsOf(contact.urls),
    groups: (contact.groups ?? []).join(", "),
    favourite: contact.favourite ?? false,
  };
}

export type ContactChanges = { readonly [K in keyof Contact]?: Contact[K] | null };

/**
 * Only what the person changed, so that everything else of the record, and what others change in it meanwhile, stays. An item of a
 * list that is still there keeps what else is known of it.
 */
export function changesOf(contact: Contact, draft: ContactDraft): ContactChanges {
  const before = toDraft(contact);
  const changes: { -readonly [K in keyof Contact]?: Contact[K] | null } = {};
  for (const field of textFields) {
    if (draft[field].trim() !== before[field].trim()) changes[field] = draft[field].trim() || null;
  }
  for (const field of itemFields) {
    if (lines(draft[field]).join("\n") === lines(before[field]).join("\n")) continue;
    const known = new Map((contact[field] ?? []).map((item) => [contactItemValue(item), item]));
    const items = [...new Set(lines(draft[field]))].map((value) => known.get(value) ?? value);
    changes[field] = items.length === 0 ? null : items;
  }
  if (draft.groups !== before.groups) {
    const groups = [...new Set(draft.groups.split(",").map((group) => group.trim()))].filter((group) => group !== "");
    changes.groups = groups.length === 0 ? null : groups;
  }
  if (draft.favourite !== before.favourite) changes.favourite = draft.favourite ? true : null;
  return changes;
}

export const isEmptyDraft = (draft: ContactDraft): boolean =>
  [draft.name, draft.nickname, draft.company, draft.emails, draft.phones].every((text) => text.trim() === "");

export const isBirthday = (text: string): boolean =>
  text.trim() === "" || /^(?:\d{4}|-)-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/.test(text.trim());
