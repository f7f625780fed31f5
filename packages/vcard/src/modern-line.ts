import { decodeQuotedPrintable, decodeText } from "./decode-text.ts";
import { escapeText } from "./text-value.ts";

export interface ModernLine {
  readonly line: string;
  /** The charset that had to be guessed. */
  readonly guessed: string | null;
}

/** Properties whose value is text, in which 2.1 escapes nothing but semicolons. */
const textNames = new Set(["FN", "N", "NICKNAME", "ADR", "LABEL", "ORG", "TITLE", "ROLE", "NOTE"]);
const encodings = new Set(["QUOTED-PRINTABLE", "BASE64", "B", "8BIT", "7BIT"]);

/**
 * A line in the grammar of 3.0, whatever it was written in: bare parameters get their names (`TEL;HOME:` is of TYPE home),
 * quoted-printable and charsets are undone, parameters given twice become one. Throws when the line has no value.
 */
export function toModernLine(bytes: string, is21: boolean): ModernLine {
  const colon = valueColon(bytes);
  const [name, ...rawParams] = splitOutsideQuotes(bytes.slice(0, colon));
  const params = new Map<string, string[]>();
  for (const raw of rawParams) addParam(params, raw);
  const charset = params.get("CHARSET")?.[0]?.trim() ?? null;
  const isQuoted = /^quoted-printable$/i.test(params.get("ENCODING")?.[0]?.trim() ?? "");
  const isModern =
    !is21 &&
    !isQuoted &&
    charset === null &&
    params.size === rawParams.length &&
    rawParams.every((raw) => raw.includes("=") && !raw.includes('",'));
  if (isModern) return whole(decodeText(bytes, null));

  params.delete("CHARSET");
  if (isQuoted || /^[78]bit$/i.test(params.get("ENCODING")?.[0]?.trim() ?? "")) params.delete("ENCODING");
  const head = decodeText([name!.trim(), ...[...params].map(writeParam)].join(";"), charset);
  const value = bytes.slice(colon + 1);
  const decoded = decodeText(isQuoted ? decodeQuotedPrintable(value) : value, charset);
  const isText = textNames.has(name!.trim().toUpperCase().split(".").at(-1)!);
  const text = is21 && isText ? from21(decoded.text) : decoded.text.replaceAll(/\r\n?|\n/g, "\\n");
  return { line: `${head.text}:${text}`, guessed: decoded.guessed ?? head.guessed };
}

const whole = ({ text, guessed }: { text: string; guessed: string | null }): ModernLine => ({ line: text, guessed });

/** Where the value begins: the first colon outside quotes; when a quote never ends, the first colon. */
function valueColon(bytes: string): number {
  let isInside = false;
  for (let i = 0; i < bytes.length; i += 1) {
    if (bytes[i] === '"') isInside = !isInside;
    else if (bytes[i] === ":" && !isInside) return i;
  }
  const first = bytes.indexOf(":");
  if (first === -1) throw new Error("a line without a value");
  return first;
}

/** The name and the parameters; a semicolon between quotes divides nothing. */
function splitOutsideQuotes(head: string): string[] {
  const parts: string[] = [""];
  let isInside = false;
  for (const char of head) {
    if (char === '"') isInside = !isInside;
    if (char === ";" && !isInside) parts.push("");
    else parts[parts.length - 1] += char;
  }
  return parts;
}

function addParam(params: Map<string, string[]>, raw: string): void {
  const equals = raw.indexOf("=");
  const bare = raw.trim();
  if (bare === "") return;
  const isEncoding = equals === -1 && encodings.has(bare.toUpperCase());
  const name = equals === -1 ? (isEncoding ? "ENCODING" : "TYPE") : raw.slice(0, equals).trim().toUpperCase();
  const value = equals === -1 ? bare : raw.slice(equals + 1);
  const values = params.get(name) ?? [];
  params.set(name, values);
  values.push(value.replaceAll('"', ""));
}

function writeParam([name, values]: [string, string[]]): string {
  const value = values.join(",");
  return `${name}=${(name === "TYPE" ? /[;:]/ : /[,;:]/).test(value) ? `"${value}"` : value}`;
}

/** 2.1 divides parts with semicolons as later versions do, but its commas and other backslashes are text. */
function from21(value: string): string {
  return value
    .split(/(\\?;)/)
    .map((part, i) => (i % 2 === 0 ? escapeText(part) : part))
    .join("");
}
