import { createContext, type ReactNode, useContext, useMemo } from "react";
import { type EnglishTexts, english } from "../messages/english.ts";
import { formatBytes } from "./bytes.ts";
import { createDates, type Dates } from "./dates.ts";
import { createTranslator, type Language, type Translator } from "./translator.ts";

/** The words of the components in one language, and how it writes dates and sizes. */
export interface Words extends Translator<EnglishTexts> {
  readonly dates: Dates;
  bytes(value: number): string;
}

const createWords = (language: Language<EnglishTexts>): Words => ({
  ...createTranslator(language),
  dates: createDates(language.locale),
  bytes: (value) => formatBytes(language.locale, value),
});

const LanguageContext = createContext<Words>(createWords(english));

export interface LanguageProviderProps {
  /** `english`, `turkish`, or one of the app's own. */
  readonly language: Language<EnglishTexts>;
  readonly children: ReactNode;
}

/** English where there is none. */
export function LanguageProvider({ language, children }: LanguageProviderProps) {
  const words = useMemo(() => createWords(language), [language]);
  return <LanguageContext value={words}>{children}</LanguageContext>;
}

export const useWords = (): Words => useContext(LanguageContext);
