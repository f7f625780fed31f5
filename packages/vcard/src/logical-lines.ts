import { physicalLines, type VcardSource } from "./physical-lines.ts";

/** A content line whose folds are undone: a character for each byte. */
export interface LogicalLine {
  readonly bytes: string;
  /** Where it begins. */
  readonly line: number;
  readonly isTooLong: boolean;
}

const byteOrderMark = "\u00ef\u00bb\u00bf";

/**
 * Undoes folding: a line that begins with a blank continues the one before; so does the line after a soft break of
 * quoted-printable, and, as old programs write it, a line of nothing but base64 after one of base64.
 */
export async function* logicalLines(source: VcardSource): AsyncGenerator<LogicalLine> {
  let current: OpenLine | null = null;
  let is21 = false;
  for await (const { bytes: raw, line, isTooLong } of physicalLines(source)) {
    const bytes = raw.startsWith(byteOrderMark) ? raw.slice(byteOrderMark.length) : raw;
    if (current !== null && !isTooLong && continues(current, bytes, is21)) continue;
    if (current !== null) yield close(current);
    current = bytes === "" && !isTooLong ? null : open(bytes, line, isTooLong);
    if (/^version\s*:/i.test(bytes)) is21 = /^version\s*:\s*2\.1/i.test(bytes);
  }
  if (current !== null) yield close(current);
}

interface OpenLine {
  readonly parts: string[];
  readonly line: number;
  readonly isTooLong: boolean;
  readonly encoding: "quoted-printable" | "base64" | null;
}

function open(bytes: string, line: number, isTooLong: boolean): OpenLine {
  const head = /^[^:]*;[^:]*:/.exec(bytes)?.[0] ?? "";
  const isQuoted = /;\s*(?:encoding=)?"?quoted-printable"?\s*[;:]/i.test(head);
  const isBase64 = /;\s*(?:encoding=)?"?(?:base64|b)"?\s*[;:]/i.test(head);
  const encoding = isQuoted ? "quoted-printable" : isBase64 ? "base64" : null;
  return { parts: [bytes], line, isTooLong, encoding };
}

/** Adds a line that continues the open one. */
function continues({ parts, encoding }: OpenLine, bytes: string, is21: boolean): boolean {
  const last = parts.at(-1)!;
  if (encoding === "quoted-printable" && last.endsWith("=")) {
    parts[parts.length - 1] = last.slice(0, -1);
    // In 2.1 a blank at the start belongs to the text; later versions fold there as everywhere.
    parts.push(!is21 && /^[ \t]/.test(bytes) ? bytes.slice(1) : bytes);
    return true;
  }
  if (/^[ \t]/.test(bytes)) {
    parts.push(bytes.slice(1));
    return true;
  }
  if (encoding === "base64" && /^[A-Za-z0-9+/=]+$/.test(bytes)) {
    parts.push(bytes);
    return true;
  }
  return false;
}

const close = ({ parts, line, isTooLong }: OpenLine): LogicalLine => ({ bytes: parts.join(""), line, isTooLong });
