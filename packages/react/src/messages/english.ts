import type { Catalogue } from "../i18n/catalogue.ts";
import type { Language } from "../i18n/translator.ts";

const texts = {
  "common.cancel": "Cancel",
  "common.close": "Close",
  "common.save": "Save",
  "common.back": "Back",
  "common.continue": "Continue",
  "common.copy": "Copy",
  "common.copied": "Copied",
  "common.download": "Download",
  "common.show": "Show",
  "common.hide": "Hide",
  "common.retry": "Try again",
  "common.loading": "Loading…",
  "common.loadMore": "Show more",
  "common.never": "never",
  "common.yes": "Yes",
  "common.no": "No",
  "common.empty": "empty",
  "common.deleted": "deleted",
  "common.details": "Details",

  "type.accounts": "Mail accounts",
  "type.contacts": "Contacts",
  "type.preferences": "Preferences",
  "type.signatures": "Signatures",

  "count.records": { one: "{count} record", other: "{count} records" },
  "count.edits": { one: "{count} edit", other: "{count} edits" },
  "count.fields": { one: "{count} field", other: "{count} fields" },

  "status.signed_out": "Signed out",
  "status.locked": "Locked",
  "status.idle": "Up to date",
  "status.idleWaiting": { one: "{count} edit waits", other: "{count} edits wait" },
  "status.syncing": "Syncing…",
  "status.syncingProgress": "{type}: {records} received",
  "status.syncingOf": "{type}: {records} of {total}",
  "status.offline": "Offline",
  "status.offlineWaiting": { one: "Offline, {count} edit waits", other: "Offline, {count} edits wait" },
  "status.attention": "Please look",
  "status.error": "Sync stopped",
  "status.closed": "Closed",
  "status.lastSync": "Last synced {when}",
  "status.neverSynced": "Not synced yet",
  "status.retryAt": "Tries again at {time}",
  "status.kept": "Edits are kept on this device and sent as soon as the server can be reached.",
  "status.syncNow": "Sync now",
  "status.label": "Sync: {state}",

  "attention.title": "What needs you",
  "attention.conflicts": { one: "{count} conflict in {type}", other: "{count} conflicts in {type}" },
  "attention.deletions_staged": {
    one: "{count} deletion from elsewhere in {type}",
    other: "{count} deletions from elsewhere in {type}",
  },
  "attention.deletions_held": {
    one: "{count} deletion in {type} was not sent yet",
    other: "{count} deletions in {type} were not sent yet",
  },
  "attention.unreadable": {
    one: "{count} record in {type} cannot be opened",
    other: "{count} records in {type} cannot be opened",
  },
  "attention.unconfirmed": {
    one: "{count} record in {type} is missing on the server",
    other: "{count} records in {type} are missing on the server",
  },
  "attention.edits_held": {
    one: "{count} edit in {type} is not accepted by the server",
    other: "{count} edits in {type} are not accepted by the server",
  },
  "attention.integrity": {
    one: "The server contradicts this device in {type}",
    other: "The server contradicts this device in {type}",
  },
  "attention.quota": {
    one: "The account is full: {type} cannot grow",
    other: "The account is full: {type} cannot grow",
  },
  "attention.open": "Look at it",
} as const satisfies Catalogue;

export type EnglishTexts = typeof texts;
export const english: Language<EnglishTexts> = { locale: "en", texts };
