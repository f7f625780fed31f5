import { describe, expect, test } from "vitest";
import { english } from "../messages/english.ts";
import { turkish } from "../messages/turkish.ts";
import type { PluralForms } from "./catalogue.ts";
import { createTranslator } from "./translator.ts";

const texts = {
  greeting: "Hello {name}",
  files: { one: "{count} file", other: "{count} files" },
  plain: "Yes",
} as const;

describe("a translator", () => {
  const { text } = createTranslator<typeof texts>({ locale: "en", texts });

  test("puts values in", () => {
    expect(text("greeting", { name: "Ada {count}" })).toBe("Hello Ada {count}");
    expect(text("plain")).toBe("Yes");
  });

  test.each([
    [0, "0 files"],
    [1, "1 file"],
    [10_000, "10,000 files"],
  ])("%i takes its plural form, written as the language does", (count, expected) => {
    expect(text("files", { count })).toBe(expected);
  });

  test("a language without the form takes the other one", () => {
    const { text } = createTranslator<typeof texts>({
      locale: "tr",
      texts: { greeting: "Merhaba {name}", files: { other: "{count} dosya" }, plain: "Evet" },
    });
    expect(text("files", { count: 12_345 })).toBe("12.345 dosya");
    expect(text("files", { count: 1 })).toBe("1 dosya");
  });
});

describe("the catalogues", () => {
  const namesOf = (entry: string | PluralForms): string[] => {
    const all = typeof entry === "string" ? [entry] : Object.values(entry);
    return [...new Set(all.flatMap((text) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!)))].sort();
  };

  test.each(Object.keys(english.texts))("%s says the same in all of them", (key) => {
    const original = english.texts[key as keyof typeof english.texts] as string | PluralForms;
    const translated = turkish.texts[key as keyof typeof turkish.texts] as string | PluralForms;
    expect(namesOf(translated)).toEqual(namesOf(original));
    expect(typeof translated).toBe(typeof original);
    for (const [entry, locale] of [
      [original, "en"],
      [translated, "tr"],
    ] as const) {
      const all = typeof entry === "string" ? [entry] : Object.values(entry);
      expect(all.every((text) => text.trim() !== "")).toBe(true);
      if (typeof entry === "string") continue;
      expect(Object.keys(entry).sort()).toEqual(
        new Intl.PluralRules(locale).resolvedOptions().pluralCategories.toSorted(),
      );
    }
  });

  test("a translation has no texts of its own", () => {
    expect(Object.keys(turkish.texts).sort()).toEqual(Object.keys(english.texts).sort());
  });
});
