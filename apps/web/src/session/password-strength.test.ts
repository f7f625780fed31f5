import { expect, test } from "vitest";
import { passwordStrength } from "./password-strength.ts";

test.each([
  ["", "none"],
  ["hunter2", "weak"],
  ["aaaaaaaaaaaaaaaa", "weak"],
  ["Tr0ub4dor&3x", "fair"],
  ["six words that nobody else would take", "good"],
])("%j is %s", (password, strength) => expect(passwordStrength(password)).toBe(strength));
