import { Decoder, Encoder } from "cbor-x";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ApiError } from "../errors.ts";
import { assertPlainCbor } from "./assert-plain-cbor.ts";

const encoder = new Encoder({ useRecords: false, tagUint8Array: false });
const decoder = new Decoder({ useRecords: false, mapsAsObjects: true });

test("everything that an upload can be made of passes", () => {
  const value = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 300 }),
    fc.uint8Array({ maxLength: 70_000 }).map((bytes) => Buffer.from(bytes)),
    fc.integer(),
    fc.constantFrom(0, 23, 24, 255, 256, 65_535, 65_536, 2 ** 32, 2 ** 53 - 1, 0.5, null, true, false, undefined),
  );
  const fields = fc.dictionary(fc.string({ maxLength: 40 }), value, { maxKeys: 30 });
  const body = fc.record({ changes: fc.array(fields, { maxLength: 40 }), device_id: fc.uuid() });
  fc.assert(fc.property(body, (one) => assertPlainCbor(encoder.encode(one))));
});

test("a batch of 1000 passes, definite or not", () => {
  const change = encoder.encode({ record_id: "a" });
  const changes = Buffer.concat(Array.from({ length: 1000 }, () => change));
  const key = Buffer.concat([Buffer.from([0xa1, 0x67]), Buffer.from("changes")]);
  assertPlainCbor(Buffer.concat([key, Buffer.from([0x99, 0x03, 0xe8]), changes]));
  assertPlainCbor(Buffer.concat([key, Buffer.from([0x9f]), changes, Buffer.from([0xff])]));
});

test("of arbitrary bytes only what the decoder reads to the end passes, and nothing but a coded error is thrown", () => {
  const noise = fc.uint8Array({ minLength: 1, maxLength: 40 }).map((bytes) => Buffer.from(bytes));
  fc.assert(
    fc.property(noise, (bytes) => {
      try {
        assertPlainCbor(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(ApiError);
        return;
      }
      decoder.decode(bytes);
    }),
    { numRuns: 20_000 },
  );
});
