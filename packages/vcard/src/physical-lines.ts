import { toByteString } from "./byte-string.ts";

/** A line as it stands in the file: one character for each byte, so that UTF-8 letters cut by a fold grow together again. */
export interface PhysicalLine {
  readonly bytes: string;
  /** From 1. */
  readonly line: number;
  /** It was longer than `maxLineBytes`; what is here is empty. */
  readonly isTooLong: boolean;
}

export type VcardSource = string | Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;

/** More than any photo that a contact may have. */
export const maxLineBytes = 32 * 1024 * 1024;

/** The lines of a file; they end with CR LF, LF, or CR alone. UTF-16 becomes UTF-8. Holds no more than a line and a chunk. */
export async function* physicalLines(source: VcardSource): AsyncGenerator<PhysicalLine> {
  let line = 1;
  let pending = "";
  let isTooLong = false;
  for await (const chunk of withoutCutLineEnds(byteStrings(source))) {
    const pieces = chunk.split(/\r*\n|\r(?!\r*\n)/);
    for (const [i, piece] of pieces.entries()) {
      isTooLong ||= pending.length + piece.length > maxLineBytes;
      pending = isTooLong ? "" : pending + piece;
      if (i === pieces.length - 1) break;
      yield { bytes: pending, line, isTooLong };
      line += 1;
      pending = "";
      isTooLong = false;
    }
  }
  if (pending !== "" || isTooLong) yield { bytes: pending, line, isTooLong };
}

/** A carriage return at the end of a chunk waits for what follows it. */
async function* withoutCutLineEnds(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let held = "";
  for await (const chunk of chunks) {
    const text = held + chunk;
    const kept = text.length - (/\r+$/.exec(text)?.[0].length ?? 0);
    held = text.slice(kept);
    yield text.slice(0, kept);
  }
  if (held !== "") yield `${held}\n`;
}

async function* byteStrings(source: VcardSource): AsyncGenerator<string> {
  let utf16: InstanceType<typeof TextDecoder> | null | undefined;
  let first: Uint8Array = new Uint8Array();
  for await (const bytes of toBytes(source)) {
    let chunk = bytes;
    if (utf16 === undefined) {
      chunk = first = first.length === 0 ? chunk : joined(first, chunk);
      if (first.length < 2) continue;
      utf16 = utf16Decoder(first);
    }
    yield byteString(chunk, utf16);
  }
  if (utf16 === undefined) yield toByteString(first);
}

function byteString(chunk: Uint8Array, utf16: InstanceType<typeof TextDecoder> | null): string {
  return toByteString(utf16 === null ? chunk : utf8.encode(utf16.decode(chunk, { stream: true })));
}

const utf8 = new TextEncoder();

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
}

function utf16Decoder(start: Uint8Array): InstanceType<typeof TextDecoder> | null {
  if (start[0] === 0xff && start[1] === 0xfe) return new TextDecoder("utf-16le");
  return start[0] === 0xfe && start[1] === 0xff ? new TextDecoder("utf-16be") : null;
}

async function* toBytes(source: VcardSource): AsyncGenerator<Uint8Array> {
  let half = "";
  for await (const chunk of typeof source === "string" ? [source] : source) {
    if (typeof chunk !== "string") {
      yield chunk;
      continue;
    }
    // A letter of two UTF-16 units may be cut in two.
    const text = half + chunk;
    const isCut = /[\uD800-\uDBFF]$/.test(text);
    half = isCut ? text.slice(-1) : "";
    yield utf8.encode(isCut ? text.slice(0, -1) : text);
  }
}
