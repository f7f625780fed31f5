/** What a reply is made of. */
export type CborItem = null | boolean | number | string | Uint8Array | CborItem[] | { [field: string]: CborItem };

/** Deeper than any reply of ours: the envelope, its data, the conflicts, one conflict, its record, a value. */
const maxDepth = 12;
/** More than any array of a reply: a page has 1000 rows. */
const maxItems = 4096;
const maxFields = 64;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The bytes are not CBOR of the kind a reply may be. */
export class CborError extends Error {
  override readonly name = "CborError";
}

/**
 * Decodes CBOR as a server of ours writes it, and nothing else: no tags, no strings in pieces, no integers beyond 2^53, no
 * keys but text, no field twice, no deep nesting, no claims beyond the end, nothing after it. What a few hostile bytes may
 * make it allocate is bounded by their number. Byte strings are copies, so that a kept row does not keep its page.
 */
export function decodeCbor(bytes: Uint8Array): CborItem {
  const reader = new Reader(bytes);
  const item = reader.read(0);
  if (!reader.isAtEnd()) throw new CborError("bytes after the end");
  return item;
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;
  /** The fields of a thousand rows have the same few names. */
  readonly #names = new Map<number, { readonly bytes: Uint8Array; readonly text: string }>();

  constructor(bytes: Uint8Array) {
    // Without the ways of a Buffer, whose slices share its memory.
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  read(depth: number): CborItem {
    const initial = this.#bytes[this.#at];
    if (initial === undefined) throw new CborError("ends too early");
    this.#at += 1;
    const info = initial & 31;
    switch (initial >> 5) {
      case 0:
        return this.#argument(info);
      case 1:
        return this.#negative(info);
      case 2:
        return this.#bytes.slice(this.#take(this.#argument(info)), this.#at);
      case 3:
        return this.#text(this.#take(this.#argument(info)));
      case 4:
        return this.#array(this.#argument(info), depth);
      case 5:
        return this.#map(this.#argument(info), depth);
      default:
        return initial === 0xfb ? this.#double() : simple(initial);
    }
  }

  /** The form in which encoders of JavaScript write integers beyond 32 bits. */
  #double(): number {
    const { buffer, byteOffset } = this.#bytes;
    const value = new DataView(buffer, byteOffset + this.#take(8), 8).getFloat64(0);
    if (!Number.isSafeInteger(value)) throw new CborError("a number that is no integer");
    return value;
  }

  #negative(info: number): number {
    const value = -1 - this.#argument(info);
    if (!Number.isSafeInteger(value)) throw new CborError("an integer beyond 2^53");
    return value;
  }

  #array(count: number, depth: number): CborItem[] {
    this.#enter(count, maxItems, depth);
    const items: CborItem[] = [];
    for (let i = 0; i < count; i += 1) items.push(this.read(depth + 1));
    return items;
  }

  #map(count: number, depth: number): { [field: string]: CborItem } {
    this.#enter(count, maxFields, depth);
    const fields: { [field: string]: CborItem } = {};
    for (let i = 0; i < count; i += 1) {
      const name = this.#name();
      if (name === "__proto__" || Object.hasOwn(fields, name)) throw new CborError("a field that may not be there");
      fields[name] = this.read(depth + 1);
    }
    return fields;
  }

  #enter(count: number, most: number, depth: number): void {
    if (depth === maxDepth) throw new CborError("nested too deep");
    if (count > most || count > this.#bytes.length - this.#at) throw new CborError("too many items");
  }

  #name(): string {
    const initial = this.#bytes[this.#at] ?? 0;
    if (initial >> 5 !== 3) throw new CborError("a name that is no text");
    this.#at += 1;
    const start = this.#take(this.#argument(initial & 31));
    const length = this.#at - start;
    const slot = length * 256 + (length > 7 ? this.#bytes[start + 7]! : 0);
    const known = this.#names.get(slot);
    if (known !== undefined && this.#isAt(start, known.bytes)) return known.text;
    const text = this.#text(start);
    this.#names.set(slot, { bytes: this.#bytes.subarray(start, this.#at), text });
    return text;
  }

  #isAt(start: number, bytes: Uint8Array): boolean {
    for (let i = 0; i < bytes.length; i += 1) if (this.#bytes[start + i] !== bytes[i]) return false;
    return true;
  }

  /** From `start` to where the reader is. */
  #text(start: number): string {
    try {
      return utf8.decode(this.#bytes.subarray(start, this.#at));
    } catch {
      throw new CborError("text that is no UTF-8");
    }
  }

  /** Goes past so many bytes, and answers where they begin. */
  #take(length: number): number {
    const start = this.#at;
    if (length > this.#bytes.length - start) throw new CborError("a string beyond the end");
    this.#at += length;
    return start;
  }

  #argument(info: number): number {
    if (info < 24) return info;
    if (info > 27) throw new CborError("a length that cannot be read");
    const size = 1 << (info - 24);
    if (size > this.#bytes.length - this.#at) throw new CborError("ends too early");
    let value = 0;
    for (let i = 0; i < size; i += 1) value = value * 256 + this.#bytes[this.#at + i]!;
    this.#at += size;
    if (!Number.isSafeInteger(value)) throw new CborError("an integer beyond 2^53");
    return value;
  }
}

function simple(initial: number): boolean | null {
  if (initial === 0xf4) return false;
  if (initial === 0xf5) return true;
  if (initial === 0xf6) return null;
  throw new CborError("a tag or an unknown value");
}
