import { createTranslator, LanguageProvider, type Translator } from "@owlivion/sync-react";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { english, type AppTexts } from "./english.ts";
import { type AppLanguage, loadLanguage, type Locale, readLocale, storeLocale } from "./locale.ts";

interface TextContextValue extends Translator<AppTexts> {
  readonly chosen: Locale;
  choose(locale: Locale): void;
}

const TextContext = createContext<TextContextValue>({
  ...createTranslator(english),
  chosen: "en",
  choose: () => {},
});

/** The app's words. Shows nothing until the language is there: a flash of another one helps nobody. */
export function TextProvider({ children }: { readonly children: ReactNode }) {
  const [chosen, setChosen] = useState(readLocale);
  const [language, setLanguage] = useState<AppLanguage | null>(null);
  useEffect(() => {
    let isCurrent = true;
    void loadLanguage(chosen).then((loaded) => {
      if (!isCurrent) return;
      document.documentElement.lang = loaded.app.locale;
      setLanguage(loaded);
    });
    return () => {
      isCurrent = false;
    };
  }, [chosen]);
  const value = useMemo(() => {
    const choose = (locale: Locale): void => {
      storeLocale(locale);
      setChosen(locale);
    };
    return { ...createTranslator(language?.app ?? english), chosen, choose };
  }, [language, chosen]);
  if (language === null) return null;
  return (
    <TextContext value={value}>
      <LanguageProvider language={language.components}>{children}</LanguageProvider>
    </TextContext>
  );
}

export const useText = (): TextContextValue => useContext(TextContext);
