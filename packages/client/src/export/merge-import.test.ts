import type { JsonObject, Stamp } from "@owlivion/sync-crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RecordValue } from "../merge/record-value.ts";
import { mergeImport } from "./merge-import.ts";

const device = "7d4f4b0e-5f0a-4a44-9d57-0f6c1c0c9a01";
const at = (wallMs: number): Stamp => ({ wallMs, counter: 0, device });
const value = (fields: JsonObject, stamps: Record<string, Stamp> = {}): RecordValue => ({ schema: 1, fields, stamps });

describe("an import, field by field", () => {
  const cases: [string, RecordValue, RecordValue, { fields: JsonObject; kept?: string[]; clashes?: string[] }][] = [
    ["newer: taken", value({ a: 1 }, { a: at(1) }), value({ a: 2 }, { a: at(2) }), { fields: { a: 2 } }],
    [
      "older: what is here stays",
      value({ a: 1 }, { a: at(2) }),
      value({ a: 2 }, { a: at(1) }),
      { fields: { a: 1 }, kept: ["a"] },
    ],
    ["nowhere here: taken", value({}), value({ a: 2 }), { fields: { a: 2 } }],
    [
      "removed here later: stays removed",
      value({ a: null }, { a: at(2) }),
      value({ a: 2 }, { a: at(1) }),
      { fields: { a: null }, kept: ["a"] },
    ],
    [
      "removed there later: removed",
      value({ a: 1 }, { a: at(1) }),
      value({ a: null }, { a: at(2) }),
      { fields: { a: null } },
    ],
    [
      "only here: stays",
      value({ a: 1, b: 2 }, { a: at(1) }),
      value({ a: 1 }, { a: at(1) }),
      { fields: { a: 1, b: 2 } },
    ],
    ["a default here: a written value is taken", value({ a: 1 }), value({ a: 2 }, { a: at(1) }), { fields: { a: 2 } }],
    ["without a stamp: asked", value({ a: 1 }, { a: at(1) }), value({ a: 2 }), { fields: { a: 1 }, clashes: ["a"] }],
    [
      "the same stamp, other values: asked",
      value({ a: 1 }, { a: at(1) }),
      value({ a: 2 }, { a: at(1) }),
      { fields: { a: 1 }, clashes: ["a"] },
    ],
  ];
  test.each(cases)("%s", (_, local, imported, { fields, kept = [], clashes = [] }) => {
    const merged = mergeImport(local, imported);
    expect({ ...merged.value.fields }).toEqual(fields);
    expect(merged).toMatchObject({ kept, clashes });
  });

  const name = fc.constantFrom("a", "b", "c", "constructor");
  const stamps = fc.dictionary(name, fc.integer({ min: 0, max: 3 }).map(at));
  const record = fc.record({
    schema: fc.constant(1),
    fields: fc.dictionary(name, fc.oneof(fc.constant(null), fc.nat(2))),
    stamps,
  });

  test("twice is once, and nothing newer is overwritten", () => {
    fc.assert(
      fc.property(record, record, (local, imported) => {
        const once = mergeImport(local, imported).value;
        expect(mergeImport(once, imported).value).toBe(once);
        for (const [field, stamp] of Object.entries(local.stamps)) {
          const other = Object.hasOwn(imported.stamps, field) ? imported.stamps[field]! : null;
          const isNewerHere = other === null || other.wallMs < stamp.wallMs;
          if (isNewerHere && Object.hasOwn(local.fields, field))
            expect(once.fields[field]).toEqual(local.fields[field]);
        }
      }),
    );
  });
});
