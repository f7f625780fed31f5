import type { Attention } from "@owlivion/sync-client";
import { countOf } from "../terminal/print.ts";

/** What waits for a person, as a sentence that ends with what to type. */
export function attentionText({ kind, dataType, count }: Attention): string {
  switch (kind) {
    case "conflicts":
      return `${countOf(count, "conflict")} in ${dataType}: owlivion conflicts list`;
    case "deletions_held":
      return `${countOf(count, "deletion")} of yours in ${dataType} not sent: owlivion deletions confirm|undo ${dataType}`;
    case "deletions_staged":
      return `${countOf(count, "deletion")} from elsewhere in ${dataType}: owlivion deletions accept|reject ${dataType}`;
    case "unconfirmed":
      return `${countOf(count, "record")} in ${dataType} the server offers no more: owlivion deletions keep|forget ${dataType}`;
    case "edits_held":
      return `${countOf(count, "edit")} in ${dataType} the server does not take: owlivion conflicts list`;
    case "unreadable":
      return `${countOf(count, "record")} in ${dataType} cannot be opened: owlivion doctor`;
    case "integrity":
      return `${dataType}: the server contradicts what this device knows: owlivion doctor`;
    case "quota":
      return `${dataType}: the account is full; delete something, or ask the server's operator`;
  }
}

export const toAttentionJson = ({ kind, dataType, count }: Attention) => ({ kind, data_type: dataType, count });
