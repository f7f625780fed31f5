import fc from "fast-check";
import { expect, test } from "vitest";
import { isCryptoError } from "../crypto-error.ts";
import { RecoveryKey } from "../keys/secret-kinds.ts";
import { exposeRecoveryKeyText, parseRecoveryKey } from "./recovery-key-text.ts";

const anyKey = fc.uint8Array({ minLength: 20, maxLength: 20 }).map((bytes) => new RecoveryKey(bytes));

test("every key comes back from its text", () => {
  fc.assert(
    fc.property(anyKey, (key) => {
      const text = exposeRecoveryKeyText(key);
      expect(text).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){8}[0-9A-HJKMNP-TV-Z]{4}$/);
      expect(parseRecoveryKey(text).equals(key)).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

test("of texts with a wrong character, next to none is taken, and none for another key unseen", () => {
  let taken = 0;
  fc.assert(
    fc.property(
      anyKey,
      fc.nat({ max: 35 }),
      fc.constantFrom(..."0123456789ABCDEFGHJKMNPQRSTVWXYZ"),
      (key, at, char) => {
        const text = exposeRecoveryKeyText(key).replaceAll("-", "");
        fc.pre(text[at] !== char);
        try {
          parseRecoveryKey(text.slice(0, at) + char + text.slice(at + 1));
          taken += 1;
        } catch (error) {
          if (!isCryptoError(error)) throw error;
          expect(error).toMatchObject({ code: "INVALID_RECOVERY_KEY", details: { reason: "checksum" } });
        }
      },
    ),
    { numRuns: 5000 },
  );
  // One in a million by chance.
  expect(taken).toBeLessThanOrEqual(1);
});

test("no text is more than refused", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
      expect(() => parseRecoveryKey(text)).toThrow(expect.objectContaining({ code: "INVALID_RECOVERY_KEY" }));
    }),
  );
});
