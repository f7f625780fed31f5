import { escapeText, unescapeText } from "./text-value.ts";

/** The property that names another one of its group. */
export const labelName = "X-ABLABEL";

/** Labels that address books translate for the person; they are written in this wrapping. */
const translated = new Set(
  "Mobile Home Work Other HomePage Anniversary Main HomeFAX WorkFAX OtherFAX Pager Father Mother Parent Brother Sister Child Friend Spouse Partner Assistant Manager".split(
    " ",
  ),
);

export const readLabel = (value: string): string =>
  unescapeText(value)
    .trim()
    .replace(/^_\$!<(.*)>!\$_$/s, "$1");

export const writeLabel = (label: string): string => (translated.has(label) ? `_$!<${label}>!$_` : escapeText(label));
