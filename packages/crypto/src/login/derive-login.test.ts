import { expect, test } from "vitest";
import { codeOf } from "../../test/support/code-of.ts";
import { insecurePasswordHashForTests } from "../testing.ts";
import { deriveLogin } from "./derive-login.ts";

const seed = new Uint8Array(32);
const input = { email: "ada@example.com", password: "correct horse", seed, suite: 1 };
const login = (changed: Partial<typeof input> = {}) =>
  deriveLogin({ ...input, ...changed }, insecurePasswordHashForTests);

test("every way of typing the same gives the same secrets; the auth secret is not the key", async () => {
  const { authSecret, kek } = await login({ password: "p\u00e4ss ﬁ" });
  const again = await login({ email: " Ada@EXAMPLE.com", password: "pa\u0308ss fi" });
  expect(again.authSecret.equals(authSecret)).toBe(true);
  expect(again.kek.equals(kek)).toBe(true);
  expect(authSecret.exposeWireText()).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(kek.exposeSecretBytes()).not.toEqual(authSecret.exposeSecretBytes());
});

test("another e-mail, password or seed gives other secrets", async () => {
  const { kek } = await login();
  for (const changed of [{ email: "b@example.com" }, { password: "Correct horse" }, { seed: seed.with(0, 1) }]) {
    expect((await login(changed)).kek.equals(kek)).toBe(false);
  }
});

test("for an unknown suite nothing is derived", async () => {
  let asked = false;
  const hash = () => {
    asked = true;
    return Promise.resolve(new Uint8Array(32));
  };
  expect(await codeOf(() => deriveLogin({ ...input, suite: 2 }, hash))).toBe("UNKNOWN_SUITE");
  expect(asked).toBe(false);
});

test("the password's bytes are wiped, also when the hash fails", async () => {
  let seen = new Uint8Array(0);
  const failing = (password: Uint8Array) => {
    seen = password as Uint8Array<ArrayBuffer>;
    return Promise.reject(new Error("out of memory"));
  };
  await expect(deriveLogin(input, failing)).rejects.toThrow("out of memory");
  expect(seen).toEqual(new Uint8Array("correct horse".length));
});

test("a hash of another length is refused", async () => {
  expect(await codeOf(() => deriveLogin(input, () => Promise.resolve(new Uint8Array(16))))).toBe("INVALID_VALUE");
});
