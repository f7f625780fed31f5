import type { EnglishTexts } from "../messages/english.ts";
import type { Translator } from "./translator.ts";

type ValueWords = Pick<Translator<EnglishTexts>, "text" | "number">;

/** A field's value as lines of text: one for each item of a list. Empty: there is nothing. */
export function valueLines(words: ValueWords, value: unknown): readonly string[] {
  if (value === null || value === undefined || value === "") return [];
  if (Array.isArray(value)) return value.flatMap((item) => valueLines(words, item).join(", ") || []);
  if (typeof value === "boolean") return [words.text(value ? "common.yes" : "common.no")];
  if (typeof value === "number") return [words.number(value, { useGrouping: false })];
  if (typeof value === "string") return value.startsWith("data:") ? [words.text("value.data")] : value.split("\n");
  return [ofObject(words, value as Readonly<Record<string, unknown>>)];
}

/** `{ value: "a@b.c", types: ["work"] }` is "a@b.c (work)"; another object its parts. */
function ofObject(words: ValueWords, object: Readonly<Record<string, unknown>>): string {
  const { value, types, label, preferred: _, ...rest } = object;
  const main = value === undefined ? Object.values(rest) : [value];
  const text = main.flatMap((part) => valueLines(words, part)).join(", ");
  const notes = [label, types].flatMap((part) => valueLines(words, part));
  return notes.length === 0 ? text : `${text} (${notes.join(", ")})`;
}
