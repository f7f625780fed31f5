import type { ExistingContact, ImportStep } from "@owlivion/sync-vcard";

export interface PlanRequest {
  readonly file: Blob;
  readonly existing: readonly ExistingContact[];
}

export type PlanReply =
  | { readonly type: "reading"; readonly cards: number }
  | {
      readonly type: "planned";
      readonly steps: readonly ImportStep[];
      readonly skipped: number;
      readonly problems: number;
    }
  | { readonly type: "failed"; readonly message: string };
