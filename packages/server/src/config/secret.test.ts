import { format, inspect } from "node:util";
import { expect, test } from "vitest";
import { revealSecret, Secret } from "./secret.ts";

test("a secret is not shown by any usual way of printing", () => {
  const secret = new Secret("hunter2");
  const shown = [
    `${secret}`,
    String(secret),
    JSON.stringify({ secret }),
    inspect({ secret }),
    format("%s %o", secret, secret),
  ];
  for (const text of shown) {
    expect(text).not.toContain("hunter2");
    expect(text).toContain("[secret]");
  }
  expect(Object.keys(secret)).toEqual([]);
});

test("it is unwrapped by name", () => {
  expect(revealSecret(new Secret("hunter2"))).toBe("hunter2");
});
