import { Decoder, Encoder } from "cbor-x";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CborError, decodeCbor } from "./cbor-decode.ts";
import { type CborValue, encodeCbor } from "./cbor-encode.ts";

// What the server uses.
const options = { useRecords: false, mapsAsObjects: true, variableMapSize: true, tagUint8Array: false };
const encoder = new Encoder(options);
const decoder = new Decoder(options);

const integer = fc.integer({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER });
const name = fc.string({ unit: "grapheme", maxLength: 40 }).filter((text) => text !== "__proto__");
const { value } = fc.letrec<{ value: CborValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", maxDepth: 6 },
    fc.constant(null),
    fc.boolean(),
    integer,
    fc.string({ unit: "grapheme" }),
    fc.uint8Array({ maxLength: 70_000, size: "medium" }),
    fc.array(tie("value"), { maxLength: 30 }),
    fc.dictionary(name, tie("value"), { maxKeys: 30, noNullPrototype: true }),
  ),
}));

describe("CBOR", () => {
  test("what is encoded is decoded, by us and by the server's decoder", () => {
    fc.assert(
      fc.property(value, (value) => {
        const bytes = encodeCbor(value);
        expect(decodeCbor(bytes)).toEqual(value);
        expect(normal(decoder.decode(bytes))).toEqual(value);
      }),
    );
  });

  test("what the server's encoder writes is decoded, integers beyond 32 bits and Buffers too", () => {
    fc.assert(
      fc.property(value, (value) => {
        expect(decodeCbor(encoder.encode(value))).toEqual(value);
      }),
    );
    expect(decodeCbor(encoder.encode({ a: Buffer.from([1, 2]) }))).toEqual({ a: new Uint8Array([1, 2]) });
  });

  test("a byte string is a copy with a buffer of its own", () => {
    const page = encodeCbor([new Uint8Array(8), new Uint8Array(9)]);
    const [first] = decodeCbor(page) as [Uint8Array, Uint8Array];
    expect(first.buffer.byteLength).toBe(8);
    expect(decodeCbor(Buffer.from(page))).toEqual([new Uint8Array(8), new Uint8Array(9)]);
  });

  test("fields that are undefined are left out", () => {
    expect(decodeCbor(encodeCbor({ a: undefined, b: 1 }))).toEqual({ b: 1 });
  });

  test("M14: hostile bytes are refused", () => {
    const hostile: Record<string, number[]> = {
      nothing: [],
      "a tag": [0xc1, 0x00],
      "a bignum": [0xc2, 0x41, 0x01],
      "a record definition": [0xd9, 0xdf, 0xff, 0x80],
      "an array of four thousand million": [0x9a, 0xff, 0xff, 0xff, 0xff],
      "an array of 2^63": [0x9b, 0x80, 0, 0, 0, 0, 0, 0, 0],
      "a map of a thousand million": [0xba, 0x3f, 0xff, 0xff, 0xff],
      "a text beyond the end": [0x7a, 0x00, 0x00, 0xff, 0xff, 0x61],
      "bytes beyond the end": [0x43, 0x01],
      "an array without an end": [0x9f, 0x01, 0xff],
      "text in pieces": [0x7f, 0x61, 0x61, 0xff],
      NaN: [0xfb, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0],
      "a half float": [0xf9, 0x3c, 0x00],
      "2^53 + 1": [0x1b, 0x00, 0x20, 0, 0, 0, 0, 0, 1],
      "-2^53 - 1": [0x3b, 0x00, 0x20, 0, 0, 0, 0, 0, 0],
      undefined: [0xf7],
      "a break": [0xff],
      "a key that is a number": [0xa1, 0x01, 0x01],
      __proto__: [0xa1, 0x69, ...Buffer.from("__proto__"), 0xa0],
      "a field twice": [0xa2, 0x61, 0x61, 0x01, 0x61, 0x61, 0x02],
      "text that is no UTF-8": [0x61, 0xff],
      "bytes after the end": [0x01, 0x01],
      "deep nesting": [...Array<number>(100_000).fill(0x81), 0x01],
    };
    for (const [what, bytes] of Object.entries(hostile)) {
      expect(() => decodeCbor(Uint8Array.from(bytes)), what).toThrow(CborError);
    }
  });

  test("M14: whatever the bytes are, decoding ends with a value or a CborError", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          decodeCbor(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(CborError);
        }
      }),
    );
  });
});

/** Buffers as plain bytes, for comparing. */
function normal(value: unknown): unknown {
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (Array.isArray(value)) return value.map(normal);
  if (typeof value !== "object" || value === null) return typeof value === "bigint" ? Number(value) : value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, normal(field)]));
}
