import { TextDecoder } from "node:util";

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
  for await (const chunk of withoutCutLineEnds(toByteString(source))) {
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

async function* toByteString(source: VcardSource): AsyncGenerator<string> {
  let utf16: TextDecoder | null | undefined;
  let first: Buffer = Buffer.alloc(0);
  for await (const bytes of toBytes(source)) {
    let chunk = bytes;
    if (utf16 === undefined) {
      first = Buffer.concat([first, chunk]);
      if (first.length < 2) continue;
      utf16 = utf16Decoder(first);
      chunk = first;
    }
    yield byteString(chunk, utf16);
  }
  if (utf16 === undefined) yield first.toString("latin1");
}

function byteString(chunk: Buffer, utf16: TextDecoder | null): string {
  const utf8 = utf16 === null ? chunk : Buffer.from(utf16.decode(chunk, { stream: true }), "utf8");
  return utf8.toString("latin1");
}

function utf16Decoder(start: Buffer): TextDecoder | null {
  if (start[0] === 0xff && start[1] === 0xfe) return new TextDecoder("utf-16le");
  return start[0] === 0xfe && start[1] === 0xff ? new TextDecoder("utf-16be") : null;
}

async function* toBytes(source: VcardSource): AsyncGenerator<Buffer> {
  let half = "";
  for await (const chunk of typeof source === "string" ? [source] : source) {
    if (typeof chunk !== "string") {
      yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      continue;
    }
    // A letter of two UTF-16 units may be cut in two.
    const text = half + chunk;
    const isCut = /[\uD800-\uDBFF]$/.test(text);
    half = isCut ? text.slice(-1) : "";
    yield Buffer.from(isCut ? text.slice(0, -1) : text, "utf8");
  }
}
