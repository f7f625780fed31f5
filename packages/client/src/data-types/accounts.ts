import { type DataType, defineDataType } from "./data-type.ts";
import { fieldsSchema, isFlag, isOneOf, isText, isWholeNumber } from "./fields-schema.ts";

/** How a connection is secured: TLS from the start, TLS after a plain greeting, or not at all. */
export type ConnectionSecurity = "tls" | "starttls" | "none";

/** A mail account's settings: what a new device needs to read and send mail, but the secrets. */
export interface Account {
  /** The address mail is sent from. */
  readonly email: string;
  /** `imap` when absent. */
  readonly kind?: "imap" | "pop3" | "jmap" | "exchange";
  /** The sender's name in mails. */
  readonly displayName?: string;
  /** What the account is called in lists. */
  readonly title?: string;

  readonly imapHost?: string;
  /** 1 to 65535. */
  readonly imapPort?: number;
  readonly imapSecurity?: ConnectionSecurity;
  /** Where it differs from `email`. */
  readonly imapUserName?: string;

  readonly smtpHost?: string;
  /** 1 to 65535. */
  readonly smtpPort?: number;
  readonly smtpSecurity?: ConnectionSecurity;
  /** Where it differs from the IMAP user name. */
  readonly smtpUserName?: string;

  /** How the person signs in at the mail server. `password` when absent. */
  readonly authentication?: "password" | "oauth2";
  /** Which service grants OAuth tokens: "google", "microsoft". */
  readonly oauthProvider?: string;
  /** Certificates that cannot be verified are accepted. False when absent. */
  readonly acceptInvalidCerts?: boolean;

  /** The record id of the signature that new mails get. */
  readonly signatureId?: string;
  /** New mails are sent from here unless chosen otherwise. */
  readonly isDefault?: boolean;
  /** False: kept, but not connected. True when absent. */
  readonly isEnabled?: boolean;
  /** Minutes between two looks for mail. */
  readonly checkEveryMinutes?: number;
  /** How many days of mail a device keeps; 0: all. */
  readonly keepDays?: number;

  /** Secrets. They leave the device only with `accounts({ includeSecrets: true })`. */
  readonly imapPassword?: string;
  readonly smtpPassword?: string;
  readonly oauthAccessToken?: string;
  readonly oauthRefreshToken?: string;
  readonly oauthClientSecret?: string;
  /** Of a service that the account uses, such as an assistant. */
  readonly apiKey?: string;
}

/** The fields that `accounts()` refuses. */
export const accountSecretFields = [
  "imapPassword",
  "smtpPassword",
  "oauthAccessToken",
  "oauthRefreshToken",
  "oauthClientSecret",
  "apiKey",
] as const satisfies readonly (keyof Account)[];

export interface SecretsOption {
  /**
   * Secrets are synced as well, end-to-end encrypted as everything else. Off when absent: whoever holds the account's password
   * or one of its devices would get into every mailbox.
   */
  readonly includeSecrets?: boolean;
}

const port = isWholeNumber(1, 65_535);
const security = isOneOf("tls", "starttls", "none");

/** Mail accounts, each a record: two devices that each add one end up with both. A clash is always shown to the person. */
export const accounts = (options: SecretsOption = {}): DataType<Account> =>
  defineDataType<Account>({
    name: "accounts",
    naturalKey: ({ email, kind }) =>
      typeof email === "string" && email.trim() !== "" ? `${kind ?? "imap"}:${email.trim()}` : null,
    // A shared mailbox may be opened under two names.
    sameRecord: (a, b) => userName(a) === userName(b),
    merge: { default: "ask" },
    secretFields: options.includeSecrets === true ? [] : accountSecretFields,
    validate: fieldsSchema(
      {
        email: isText,
        kind: isOneOf("imap", "pop3", "jmap", "exchange"),
        displayName: isText,
        title: isText,
        imapHost: isText,
        imapPort: port,
        imapSecurity: security,
        imapUserName: isText,
        smtpHost: isText,
        smtpPort: port,
        smtpSecurity: security,
        smtpUserName: isText,
        authentication: isOneOf("password", "oauth2"),
        oauthProvider: isText,
        acceptInvalidCerts: isFlag,
        signatureId: isText,
        isDefault: isFlag,
        isEnabled: isFlag,
        checkEveryMinutes: isWholeNumber(0, 525_600),
        keepDays: isWholeNumber(0, 36_500),
        ...Object.fromEntries(accountSecretFields.map((field) => [field, isText])),
      },
      ["email"],
    ),
  });

function userName({ imapUserName, email }: Partial<Account>): string {
  return (imapUserName ?? email ?? "").trim().toLowerCase();
}
