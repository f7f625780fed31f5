import { isSyncError } from "@owlivion/sync-client";
import type { EnglishTexts } from "../messages/english.ts";
import type { Translator } from "./translator.ts";

/**
 * What happened and what to do, in the person's language. The SDK's own sentences are English: in English they stand for every code
 * that the catalogue does not have, elsewhere the code does.
 */
export function errorText(words: Pick<Translator<EnglishTexts>, "text" | "has" | "locale">, error: unknown): string {
  const code = codeOf(error);
  if (code === null) return words.text("error.UNKNOWN");
  if (code === "WEAK_PASSWORD" && isSyncError(error)) {
    const { problem } = (error.details ?? {}) as { readonly problem?: string };
    const key = `password.problem.${problem ?? ""}`;
    if (words.has(key)) return words.text(key as "password.problem.too_short");
  }
  const key = `error.${code}`;
  if (words.has(key)) return words.text(key as "error.OFFLINE");
  const { message } = error as { readonly message?: unknown };
  if (words.locale.startsWith("en") && typeof message === "string" && message !== "") return message;
  return words.text("error.OTHER", { code });
}

/** Of a `SyncError`, or of what a status tells of one. */
function codeOf(error: unknown): string | null {
  const { code } = (typeof error === "object" && error !== null ? error : {}) as { readonly code?: unknown };
  return typeof code === "string" ? code : null;
}
