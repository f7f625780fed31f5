import type { Content, JsonObject, Stamp } from "@owlivion/sync-crypto";
import fc from "fast-check";

const anyUuid = fc
  .uint8Array({ minLength: 16, maxLength: 16 })
  .map((bytes) => Buffer.from(bytes).toString("hex"))
  .map((hex) => [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-"));

const anyStamp: fc.Arbitrary<Stamp> = fc.record({
  wallMs: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 2 ** 48 - 1 })),
  counter: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff })),
  device: fc.oneof(fc.constant("00000000-0000-4000-8000-000000000001"), anyUuid),
});

const anySchema = fc.integer({ min: 0, max: 0xffff });

const anyPut: fc.Arbitrary<Content> = fc
  .record({
    schema: anySchema,
    entries: fc.uniqueArray(
      fc.tuple(
        fc.string({ unit: "binary", maxLength: 12 }).filter((key) => key !== "__proto__"),
        fc.oneof(
          // JSON cannot keep -0.
          fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)) as unknown),
          fc.string({ unit: "binary", maxLength: 200 }),
          fc.integer({ min: 1, max: 900 }).map((count) => "kiwi ".repeat(count)),
        ),
        fc.option(fc.nat({ max: 3 })),
      ),
      { selector: ([key]) => key, maxLength: 14 },
    ),
    stamps: fc.array(anyStamp, { minLength: 4, maxLength: 4 }),
  })
  .map(({ schema, entries, stamps }) => ({
    kind: "put",
    schema,
    fields: Object.fromEntries(entries.map(([key, value]) => [key, value])) as JsonObject,
    stamps: Object.fromEntries(entries.flatMap(([key, , at]) => (at === null ? [] : [[key, stamps[at]!]]))),
  }));

const anyTombstone: fc.Arbitrary<Content> = fc.record({
  kind: fc.constant("tombstone" as const),
  schema: anySchema,
  stamp: anyStamp,
  confirmation: fc.option(anyUuid, { nil: null }),
});

/** Every content that an envelope can hold. */
export const anyContent: fc.Arbitrary<Content> = fc.oneof({ weight: 4, arbitrary: anyPut }, anyTombstone);
