import type { Arguments, Catalogue, PluralForms, TranslationOf } from "./catalogue.ts";

export interface Language<C extends Catalogue = Catalogue> {
  /** BCP 47: `en`, `tr`, `en-GB`. Numbers, dates and plurals follow it. */
  readonly locale: string;
  readonly texts: TranslationOf<C>;
}

export interface Translator<C extends Catalogue> {
  readonly locale: string;
  text<K extends keyof C & string>(key: K, ...values: Arguments<C[K]>): string;
  /** For keys that are put together at run time. */
  has(key: string): key is keyof C & string;
  number(value: number, options?: Intl.NumberFormatOptions): string;
}

/** Texts of one language, with its plural rules and numbers. */
export function createTranslator<C extends Catalogue>({ locale, texts }: Language<C>): Translator<C> {
  const plurals = new Intl.PluralRules(locale);
  const numbers = new Intl.NumberFormat(locale);
  const formOf = (entry: string | PluralForms, values: Readonly<Record<string, string | number>>): string => {
    if (typeof entry === "string") return entry;
    const count = Number(values["count"]);
    return (Number.isFinite(count) ? entry[plurals.select(count)] : undefined) ?? entry.other;
  };
  return {
    locale,
    text(key, ...[values]) {
      const given = (values ?? {}) as Readonly<Record<string, string | number>>;
      return formOf(texts[key], given).replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
        const value = given[name];
        return value === undefined ? whole : typeof value === "number" ? numbers.format(value) : value;
      });
    },
    has: (key): key is keyof C & string => Object.hasOwn(texts, key),
    number: (value, options) =>
      (options === undefined ? numbers : new Intl.NumberFormat(locale, options)).format(value),
  };
}
