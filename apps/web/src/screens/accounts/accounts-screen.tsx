import { useText } from "../../i18n/text-provider.tsx";
import type { FieldSpec } from "../records/record-fields.ts";
import { RecordsScreen } from "../records/records-screen.tsx";

const port = { kind: "number", min: 1, max: 65_535 } as const;
const security = {
  kind: "choice",
  choices: [
    { value: "tls", label: "record.security.tls" },
    { value: "starttls", label: "record.security.starttls" },
    { value: "none", label: "record.security.none" },
  ],
} as const;

/** Passwords are no fields: they stay on the device that has them. */
const specs: readonly FieldSpec[] = [
  { name: "email", kind: "text" },
  { name: "displayName", kind: "text" },
  { name: "title", kind: "text" },
  {
    name: "kind",
    kind: "choice",
    choices: [
      { value: "imap", label: "record.kind.imap" },
      { value: "pop3", label: "record.kind.pop3" },
      { value: "jmap", label: "record.kind.jmap" },
      { value: "exchange", label: "record.kind.exchange" },
    ],
  },
  { name: "imapHost", kind: "text" },
  { name: "imapPort", ...port },
  { name: "imapSecurity", ...security },
  { name: "imapUserName", kind: "text" },
  { name: "smtpHost", kind: "text" },
  { name: "smtpPort", ...port },
  { name: "smtpSecurity", ...security },
  { name: "smtpUserName", kind: "text" },
  { name: "isDefault", kind: "flag" },
];

export default function AccountsScreen() {
  const { text } = useText();
  return (
    <RecordsScreen
      dataType="accounts"
      specs={specs}
      title={text("screen.accounts")}
      lead={text("accounts.lead")}
      empty={text("accounts.none")}
      lineOf={({ email, imapHost }) => [email, imapHost].filter((value) => typeof value === "string").join(" · ")}
    />
  );
}
