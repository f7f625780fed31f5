import fc from "fast-check";
import { expect, it } from "vitest";
import { foldLine } from "./fold-line.ts";

const text = fc.string({ unit: "grapheme", maxLength: 400 }).filter((line) => !/[\r\n]/.test(line));

it("no line is longer than 75 octets, and no letter is cut", () => {
  fc.assert(
    fc.property(text, (line) => {
      const lines = foldLine(line).split("\r\n");
      expect(lines.pop()).toBe("");
      for (const one of lines) {
        expect(Buffer.byteLength(one)).toBeLessThanOrEqual(75);
        expect(one.isWellFormed()).toBe(line.isWellFormed());
      }
      expect(lines.map((one, i) => (i === 0 ? one : one.slice(1))).join("")).toBe(line);
    }),
  );
});

it("a line of 75 octets stays whole", () => {
  expect(foldLine("x".repeat(75))).toBe(`${"x".repeat(75)}\r\n`);
  expect(foldLine("x".repeat(76))).toBe(`${"x".repeat(75)}\r\n x\r\n`);
  expect(foldLine("ş".repeat(38))).toBe(`${"ş".repeat(37)}\r\n ş\r\n`);
});
