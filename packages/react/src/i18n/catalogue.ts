/** A text with a form for each plural category of its language; `{count}` decides. */
export type PluralForms = Readonly<Partial<Record<Intl.LDMLPluralRule, string>>> & { readonly other: string };

/** Texts by key; `{name}` in a text stands for a value. */
export type Catalogue = Readonly<Record<string, string | PluralForms>>;

/** The same keys, each text in another language. */
export type TranslationOf<C extends Catalogue> = {
  readonly [K in keyof C]: C[K] extends string ? string : PluralForms;
};

type NamesIn<Text> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never;
type TextsOf<Entry> = Entry extends string ? Entry : Entry[keyof Entry];

/** What a text needs: the names in its English form, and `count` where it has plural forms. */
export type Values<Entry> = {
  readonly [Name in NamesIn<TextsOf<Entry>> | (Entry extends string ? never : "count")]: Name extends "count"
    ? number
    : string | number;
};

/** No values for a text that names none. */
export type Arguments<Entry> = [keyof Values<Entry>] extends [never] ? [] : [values: Values<Entry>];
