import fc from "fast-check";
import { expect, test } from "vitest";
import { fromBase64, toBase64 } from "./base64.ts";

test("base64 is that of the platform", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const text = Buffer.from(bytes).toString("base64");
      expect(toBase64(bytes)).toBe(text);
      expect(fromBase64(text)).toEqual(bytes);
    }),
  );
});

test("what is not the one form of its bytes is refused", () => {
  for (const text of ["A", "AA", "AA=", "AA=A", "AB==", "AAB=", "A A=", "AA-_", "====", "AAAA\n", "Ä==="]) {
    expect(fromBase64(text), text).toBeNull();
  }
});
