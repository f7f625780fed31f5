import type { AppTexts } from "../../i18n/english.ts";

type ChoiceKey = keyof AppTexts & `record.${string}`;

/** How one field of a record is edited; its label is the field's name in words. */
export type FieldSpec<Name extends string = string> = {
  readonly name: Name;
} & (
  | { readonly kind: "text" }
  | { readonly kind: "long" }
  | { readonly kind: "flag" }
  | { readonly kind: "number"; readonly min: number; readonly max: number }
  | { readonly kind: "choice"; readonly choices: readonly { readonly value: string; readonly label: ChoiceKey }[] }
);

export type Draft = Readonly<Record<string, string | boolean>>;
type Fields = Readonly<Record<string, unknown>>;

export function toDraft(specs: readonly FieldSpec[], record: Fields): Draft {
  return Object.fromEntries(
    specs.map(({ name, kind }) => {
      const value = record[name];
      if (kind === "flag") return [name, value === true];
      return [name, typeof value === "string" || typeof value === "number" ? String(value) : ""];
    }),
  );
}

/** What the person changed, as a patch; what is empty is removed. */
export function changesOf(specs: readonly FieldSpec[], record: Fields, draft: Draft): Record<string, unknown> {
  const before = toDraft(specs, record);
  const changed = specs.filter(({ name }) => draft[name] !== before[name]);
  return Object.fromEntries(changed.map((spec) => [spec.name, valueOf(spec, draft[spec.name])]));
}

function valueOf({ kind }: FieldSpec, typed: string | boolean | undefined): unknown {
  if (typeof typed !== "string") return typed === true ? true : null;
  const text = kind === "long" ? typed : typed.trim();
  if (text === "") return null;
  return kind === "number" ? Number(text) : text;
}
