import { expect, test } from "vitest";
import { findLikelyTypos } from "./likely-typos.ts";

const known = ["PORT", "HOST", "DATABASE_URL", "DATABASE_POOL_SIZE", "REGISTRATION", "TRUSTED_PROXIES"];

test.each([
  ["REGISTRATON", "REGISTRATION"],
  ["TRUSTED_PROXYS", "TRUSTED_PROXIES"],
  ["database_url", "DATABASE_URL"],
  ["PORTS", "PORT"],
  ["DATABASE_POOL", null],
])("%s", (name, meant) => {
  expect(findLikelyTypos([name], known)).toEqual([{ name, meant }]);
});

test("a setting is none, nor what another program may want", () => {
  expect(findLikelyTypos([...known, "NODE_ENV", "TZ", "BACKUP_TARGET"], known)).toEqual([]);
});
