import fc from "fast-check";
import { expect, test } from "vitest";
import { isCryptoError } from "../crypto-error.ts";
import { compressBody, decompressBody, maxBodyBytes } from "./compress.ts";
import type { Content, JsonObject, PutContent, Stamp } from "./content.ts";
import { paddedLength } from "./padme.ts";
import { decodePlaintext, encodePlaintext } from "./plaintext.ts";
import { anyContent } from "../../test/support/any-content.ts";

const room = 262_042;

test("every content comes back, in a padded length, and only in one form", () => {
  fc.assert(
    fc.property(anyContent, (content) => {
      const plaintext = encodePlaintext(content, room);
      expect(paddedLength(plaintext.length)).toBe(plaintext.length);
      const decoded = decodePlaintext(content.kind, plaintext);
      expect(decoded).toEqual(content);
      expect(encodePlaintext(decoded, room)).toEqual(plaintext);
    }),
    { numRuns: 1000 },
  );
});

test("what decodes is what its content encodes to: bytes changed at random are refused or canonical", () => {
  fc.assert(
    fc.property(anyContent, fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), (content, a, b, change) => {
      const plaintext = encodePlaintext(content, room);
      for (const at of [a, b]) plaintext[at % plaintext.length]! ^= change;
      let decoded: Content;
      try {
        decoded = decodePlaintext(content.kind, plaintext);
      } catch (error) {
        if (!isCryptoError(error)) throw error;
        expect(error.code).toBe("CONTENT_INVALID");
        return;
      }
      if (plaintext[2] === 0) expect(encodePlaintext(decoded, room)).toEqual(plaintext);
    }),
    { numRuns: 3000 },
  );
});

test("a device of many stamps and a field called __proto__ keep them", () => {
  const stamp = (wallMs: number): Stamp => ({ wallMs, counter: 0, device: "00000000-0000-4000-8000-000000000001" });
  const names = ["__proto__", "constructor", ...Array.from({ length: 300 }, (_, i) => `field${i}`)];
  const own = <T>(value: (i: number) => T): Record<string, T> => {
    const object: Record<string, T> = {};
    names.forEach((name, i) =>
      Object.defineProperty(object, name, { value: value(i), enumerable: true, writable: true, configurable: true }),
    );
    return object;
  };
  const content: PutContent = {
    kind: "put",
    schema: 1,
    fields: own((i) => i) as JsonObject,
    stamps: own((i) => stamp((i * 7) % 100)),
  };
  const decoded = decodePlaintext("put", encodePlaintext(content, room)) as PutContent;
  expect(Object.getPrototypeOf(decoded.stamps)).toBe(Object.prototype);
  expect(Object.keys(decoded.stamps).toSorted()).toEqual(names.toSorted());
  for (const name of names)
    expect(Object.getOwnPropertyDescriptor(decoded.stamps, name)?.value).toEqual(content.stamps[name]);
});

test("a record that is too large says by how much, before anything is sealed", () => {
  const noise = (length: number) =>
    Array.from({ length }, (_, i) =>
      String.fromCharCode(33 + (((Math.imul(i, 2654435761) ^ (i >>> 3)) >>> 5) % 93)),
    ).join("");
  const large: Content = { kind: "put", schema: 1, fields: { a: noise(400_000) }, stamps: {} };
  expect(() => encodePlaintext(large, 10_000)).toThrow(
    expect.objectContaining({ code: "RECORD_TOO_LARGE", details: expect.objectContaining({ maxBytes: 10_000 }) }),
  );
  const endless: Content = { kind: "put", schema: 1, fields: { a: "x".repeat(maxBodyBytes) }, stamps: {} };
  expect(() => encodePlaintext(endless, room)).toThrow(expect.objectContaining({ code: "RECORD_TOO_LARGE" }));
});

test("compression: only above 4 KiB, only when shorter, and what comes back is the same", () => {
  expect(compressBody(new Uint8Array(4096))).toBeNull();
  expect(compressBody(crypto.getRandomValues(new Uint8Array(8192)))).toBeNull();
  const body = new Uint8Array(4097).fill(7);
  expect(decompressBody(compressBody(body)!)).toEqual(body);
});
