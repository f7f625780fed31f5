import { describe, expect, test } from "vitest";
import { normalizeEmail } from "./normalize-email.ts";

describe("normalizeEmail: trim, NFC, lower case, nothing else (S44)", () => {
  test.each([
    ["ada@example.com", "ada@example.com"],
    ["  Ada@Example.COM\t", "ada@example.com"],
    ["ada+list@gmail.com", "ada+list@gmail.com"],
    ["a.d.a@gmail.com", "a.d.a@gmail.com"],
    ["ada@googlemail.com", "ada@googlemail.com"],
    ["Rene\u0301@example.com", "ren\u00e9@example.com"],
    ["REN\u00c9@example.com", "ren\u00e9@example.com"],
    ["stra\u00dfe@example.com", "stra\u00dfe@example.com"],
    ["ｆｕｌｌ@example.com", "ｆｕｌｌ@example.com"],
  ])("%j becomes %j", (input, expected) => expect(normalizeEmail(input)).toBe(expected));

  test.each(["İstanbul@example.com", "ΑΣ@example.com", "Ǆ@example.com", "\u212b@example.com"])(
    "is idempotent for %s",
    (input) => expect(normalizeEmail(normalizeEmail(input))).toBe(normalizeEmail(input)),
  );
});
