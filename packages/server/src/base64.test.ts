import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeBase64, decodeBase64Into } from "./base64.ts";

describe("strict base64 (S30)", () => {
  test("reads what an encoder writes, of any length", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(decodeBase64(Buffer.from(bytes).toString("base64"))).toEqual(Buffer.from(bytes));
      }),
    );
  });

  test.each([
    ["no padding", "QQ"],
    ["too little padding", "QQ="],
    ["too much padding", "Q==="],
    ["only padding", "===="],
    ["padding in the middle", "QQ==QUJD"],
    ["padding before the last character", "QU=D"],
    ["the alphabet for URLs", "-_-_"],
    ["a line break", "QUJD\nQUI"],
    ["a blank", "QU D"],
    ["trailing bits with two pads", "QR=="],
    ["trailing bits with one pad", "QUJ="],
    ["a character outside ASCII whose low byte is a letter", "QUJ\u0144"],
    ["a character of two units", "QU\u{1F600}"],
    ["control characters", "QUJ\u0000"],
  ])("refuses %s", (_name, text) => {
    expect(decodeBase64(text)).toBeNull();
    expect(decodeBase64Into(text, Buffer.alloc(32), 4)).toBe(-1);
  });

  test("any text it accepts is the one canonical text of its bytes", () => {
    const alphabet = fc.constantFrom(..."ABab01+/=-_ \u0141");
    fc.assert(
      fc.property(fc.string({ unit: alphabet, maxLength: 12 }), (text) => {
        const bytes = decodeBase64(text);
        if (bytes !== null) expect(bytes.toString("base64")).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  test("writes at the offset and answers the length", () => {
    const target = Buffer.alloc(8);
    expect(decodeBase64Into("QUJD", target, 2)).toBe(3);
    expect(target.toString("latin1")).toBe("\0\0ABC\0\0\0");
    expect(decodeBase64Into("", target, 0)).toBe(0);
  });
});
