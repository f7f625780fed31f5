const encoder = new TextEncoder();

/** What a request body is made of; a field that is undefined is left out. */
export type CborValue =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | readonly CborValue[]
  | { readonly [field: string]: CborValue | undefined };

/**
 * CBOR (RFC 8949) in its deterministic form but for the order of fields, which is the object's own. Numbers are integers;
 * there is nothing else in the protocol. The bytes are the caller's: no view of a shared buffer.
 */
export function encodeCbor(value: CborValue): Uint8Array<ArrayBuffer> {
  const writer = new Writer();
  writer.write(value);
  return writer.finish();
}

class Writer {
  #bytes = new Uint8Array(1024);
  #length = 0;

  write(value: CborValue): void {
    if (value === null) this.#byte(0xf6);
    else if (typeof value === "boolean") this.#byte(value ? 0xf5 : 0xf4);
    else if (typeof value === "number") this.#integer(value);
    else if (typeof value === "string") this.#string(3, encoder.encode(value));
    else if (value instanceof Uint8Array) this.#string(2, value);
    else if (isList(value)) {
      this.#head(4, value.length);
      for (const item of value) this.write(item);
    } else this.#map(value);
  }

  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  #map(value: { readonly [field: string]: CborValue | undefined }): void {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined);
    this.#head(5, fields.length);
    for (const [name, field] of fields) {
      this.#string(3, encoder.encode(name));
      this.write(field!);
    }
  }

  #integer(value: number): void {
    if (!Number.isSafeInteger(value)) throw new TypeError("a number in a request is a safe integer");
    if (value < 0) this.#head(1, -1 - value);
    else this.#head(0, value);
  }

  #string(major: 2 | 3, bytes: Uint8Array): void {
    this.#head(major, bytes.length);
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #head(major: number, argument: number): void {
    const size = argument < 24 ? 0 : argument < 0x100 ? 1 : argument < 0x10000 ? 2 : argument < 0x100000000 ? 4 : 8;
    this.#byte((major << 5) | (size === 0 ? argument : 24 + Math.log2(size)));
    for (let shift = size - 1; shift >= 0; shift -= 1) this.#byte(Math.floor(argument / 256 ** shift) % 256);
  }

  #byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length] = value;
    this.#length += 1;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}

// Array.isArray does not narrow readonly arrays.
const isList = (value: CborValue): value is readonly CborValue[] => Array.isArray(value);
