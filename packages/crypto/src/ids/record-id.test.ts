import fc from "fast-check";
import { expect, test } from "vitest";
import { IdKey } from "../keys/secret-kinds.ts";
import { systemRandom } from "../random.ts";
import { normalizeNaturalKey } from "./normalize-natural-key.ts";
import { blindRecordId, randomRecordId } from "./record-id.ts";

const idKey = new IdKey(systemRandom(32));

test("normalising twice changes nothing", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 30 }), (key) => {
      expect(normalizeNaturalKey(normalizeNaturalKey(key))).toBe(normalizeNaturalKey(key));
    }),
    { numRuns: 20_000 },
  );
});

test("ids differ by key, data type, natural key and slot, and only by those", () => {
  const id = blindRecordId(idKey, "contacts", "ada@example.com", 0);
  expect(id).toMatch(/^[A-Za-z0-9_-]{22}$/);
  expect(blindRecordId(idKey, "contacts", " ADA@example.com ", 0)).toBe(id);
  expect(blindRecordId(idKey, "contacts", "ada@example.com", 1)).not.toBe(id);
  expect(blindRecordId(idKey, "accounts", "ada@example.com", 0)).not.toBe(id);
  expect(blindRecordId(new IdKey(systemRandom(32)), "contacts", "ada@example.com", 0)).not.toBe(id);
});

test("random ids look like blind ones, and never meet", () => {
  const ids = Array.from({ length: 1000 }, () => randomRecordId(systemRandom));
  expect(new Set(ids).size).toBe(1000);
  for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_-]{22}$/);
});
