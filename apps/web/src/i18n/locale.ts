import { english as componentEnglish, type EnglishTexts, type Language } from "@owlivion/sync-react";
import { english, type AppTexts } from "./english.ts";

/** What the app and its components say, in one language. */
export interface AppLanguage {
  readonly app: Language<AppTexts>;
  readonly components: Language<EnglishTexts>;
}

export const locales = ["en", "tr"] as const;
export type Locale = (typeof locales)[number];

const key = "owlivion.language";

/** What the person chose on this device, else what the browser asks for, else English. */
export function readLocale(): Locale {
  const wanted = [localStorage.getItem(key), ...navigator.languages.map((language) => language.slice(0, 2))];
  return wanted.flatMap((name) => locales.find((locale) => locale === name) ?? [])[0] ?? "en";
}

export const storeLocale = (locale: Locale): void => localStorage.setItem(key, locale);

/** Turkish is a module of its own: who reads English does not load it. */
export async function loadLanguage(locale: Locale): Promise<AppLanguage> {
  if (locale === "en") return { app: english, components: componentEnglish };
  const [{ turkish }, components] = await Promise.all([
    import("./turkish.ts"),
    import("@owlivion/sync-react/messages/tr"),
  ]);
  return { app: turkish, components: components.turkish };
}
