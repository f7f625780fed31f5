/** A text as a value: backslashes, commas, semicolons and line ends escaped. Right in both versions and in every part. */
export const escapeText = (text: string): string =>
  text.replaceAll(/\r\n?|[\n\\,;]/g, (found) => (found === "\n" || found.startsWith("\r") ? "\\n" : `\\${found}`));

/** An address of the web as a value: commas and semicolons stay what they are. */
export const escapeUri = (uri: string): string =>
  uri.replaceAll(/\r\n?|[\n\\]/g, (found) => (found === "\\" ? "\\\\" : "\\n"));

/** Undoes escapes. Some programs escape colons too. A backslash before anything else is just that. */
export const unescapeText = (value: string): string =>
  value.replaceAll(/\\([\\,;:nN])/g, (_, letter: string) => (letter === "n" || letter === "N" ? "\n" : letter));

/** Splits where the delimiter stands unescaped; the parts keep their escapes. */
export function splitValue(value: string, delimiter: "," | ";"): string[] {
  const parts: string[] = [];
  let start = 0;
  for (let i = 0; i < value.length; i += 1) {
    if (value[i] === "\\") i += 1;
    else if (value[i] === delimiter) {
      parts.push(value.slice(start, i));
      start = i + 1;
    }
  }
  parts.push(value.slice(start));
  return parts;
}

/** A value of several parts, each of which may be a list: `N:Lovelace;Ada;Augusta,Byron;;` */
export const readComponents = (value: string): readonly (readonly string[])[] =>
  splitValue(value, ";").map((part) => readList(part));

/** A list of texts, without the empty ones. */
export const readList = (value: string): readonly string[] =>
  splitValue(value, ",")
    .map((text) => unescapeText(text).trim())
    .filter((text) => text !== "");
