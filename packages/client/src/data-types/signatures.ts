import { type DataType, defineDataType } from "./data-type.ts";
import { fieldsSchema, isFlag, isText } from "./fields-schema.ts";

/** What stands below a mail. */
export interface Signature {
  /** What it is called in lists. Two may have the same name. */
  readonly name: string;
  /** For mails in HTML: a fragment, not a document. */
  readonly html?: string;
  /** For mails in plain text. */
  readonly text?: string;
  /** New mails get it. Two devices may each have chosen one: the app shows both, and takes the first. */
  readonly isDefault?: boolean;
  /** The record id of the account it belongs to; absent: to all. */
  readonly accountId?: string;
}

/**
 * Mail signatures. A name alone says little ("Work"): only the same name, account and content make one record of two, so that
 * one device's signature never takes the place of another's.
 */
export const signatures: DataType<Signature> = defineDataType<Signature>({
  name: "signatures",
  naturalKey: ({ name }) => (typeof name === "string" && name.trim() !== "" ? name : null),
  sameRecord: (a, b) =>
    (a.accountId ?? "") === (b.accountId ?? "") &&
    contentOf(a.html) === contentOf(b.html) &&
    contentOf(a.text) === contentOf(b.text),
  merge: { default: "ask" },
  validate: fieldsSchema({ name: isText, html: isText, text: isText, isDefault: isFlag, accountId: isText }, ["name"]),
});

/** Editors differ in line ends and in the space around; nothing else is forgiven. */
const contentOf = (content: string | undefined): string => (content ?? "").replaceAll("\r\n", "\n").trim();
