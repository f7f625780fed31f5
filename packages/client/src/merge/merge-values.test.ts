import type { Json, Stamp } from "@owlivion/sync-crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MergePolicy } from "../data-types/data-type.ts";
import { equalJson } from "./equal-json.ts";
import { mergeValues } from "./merge-values.ts";
import { fieldOf, type RecordValue, stampOf } from "./record-value.ts";
import { compareOptionalStamps } from "./stamp.ts";

const devices = ["7d4f4b0e-5f0a-4a44-9d57-0f6c1c0c9a01", "8d4f4b0e-5f0a-4a44-9d57-0f6c1c0c9a02"];
const stamp = fc.record<Stamp>({
  wallMs: fc.nat(3),
  counter: fc.nat(1),
  device: fc.constantFrom(...devices),
});
const names = ["name", "notes", "tags", "__proto__"];
const json: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(null, 1, "a", "b", true),
  fc.array(fc.constantFrom("x", "y", "z"), { maxLength: 3 }),
);
const value: fc.Arbitrary<RecordValue> = fc
  .array(fc.tuple(fc.constantFrom(...names), json, fc.option(stamp, { nil: undefined })), { maxLength: 4 })
  .map((entries) => {
    const byName = new Map(entries.map(([name, field, at]) => [name, { field, at }]));
    // A removed field without a stamp is no field.
    const kept = [...byName].filter(([, { field, at }]) => field !== null || at !== undefined);
    return {
      schema: 1,
      fields: Object.fromEntries(kept.map(([name, { field }]) => [name, field])),
      stamps: Object.fromEntries(kept.flatMap(([name, { at }]) => (at === undefined ? [] : [[name, at] as const]))),
    };
  });
const base = fc.option(value, { nil: null });
const policy: fc.Arbitrary<MergePolicy> = fc.constantFrom(
  { default: "ask" },
  { default: "newer" },
  { default: "ask", fields: { tags: "set", notes: "newer" } },
);

describe("merging two edits (C-I11)", () => {
  test("knows no mine: exchanging the sides gives the same bytes", () => {
    fc.assert(
      fc.property(base, value, value, policy, (from, a, b, how) => {
        expect(JSON.stringify(mergeValues(from, a, b, how))).toBe(JSON.stringify(mergeValues(from, b, a, how)));
      }),
      { numRuns: 2000 },
    );
  });

  test("of an edit with itself is the edit", () => {
    fc.assert(
      fc.property(base, value, policy, (from, a, how) => {
        const { value: merged, clashes } = mergeValues(from, a, a, how);
        expect(clashes).toEqual([]);
        expect(merged.fields).toEqual(a.fields);
        expect(merged.stamps).toEqual(a.stamps);
      }),
    );
  });

  test("with a side that changed nothing is the other side", () => {
    fc.assert(
      fc.property(value, value, policy, (from, a, how) => {
        const { value: merged, clashes } = mergeValues(from, a, from, how);
        expect(clashes).toEqual([]);
        for (const name of names) expect(fieldOf(merged, name)).toEqual(fieldOf(a, name));
      }),
    );
  });

  test("again with one of its sides changes nothing", () => {
    fc.assert(
      fc.property(base, value, value, policy, (from, a, b, how) => {
        const once = mergeValues(from, a, b, how).value;
        const again = mergeValues(b, once, b, how).value;
        expect(again.fields).toEqual(once.fields);
      }),
    );
  });

  test("loses nothing: each field is one side's, a set of both, or a clash is told (C-I5)", () => {
    fc.assert(
      fc.property(base, value, value, policy, (from, a, b, how) => {
        const { value: merged, clashes } = mergeValues(from, a, b, how);
        for (const name of names) {
          const [was, inA, inB, now] = [fieldOf(from, name), fieldOf(a, name), fieldOf(b, name), fieldOf(merged, name)];
          const fieldPolicy =
            how.fields !== undefined && Object.hasOwn(how.fields, name) ? how.fields[name] : how.default;
          const isSet = fieldPolicy === "set" && Array.isArray(inA) && Array.isArray(inB);
          if (!isSet) expect([inA, inB].some((side) => equalJson(side, now))).toBe(true);
          // Without a base a removal that somebody wrote is an edit like any other.
          const isEdited = (side: RecordValue) =>
            !equalJson(fieldOf(side, name), was) || (from === null && stampOf(side, name) !== undefined);
          const bothChanged = isEdited(a) && isEdited(b) && !equalJson(inA, inB);
          const bothWritten = stampOf(a, name) !== undefined && stampOf(b, name) !== undefined;
          const isAsked = bothChanged && bothWritten && fieldPolicy !== "newer" && !isSet;
          expect(clashes.includes(name)).toBe(isAsked);
          if (bothChanged && !isSet) {
            const order = compareOptionalStamps(stampOf(a, name), stampOf(b, name));
            if (order !== 0) expect(now).toEqual(order > 0 ? inA : inB);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });

  test("a default never wins over what somebody wrote (R9)", () => {
    const written = { wallMs: 1, counter: 0, device: devices[0]! };
    const chosen = { schema: 1, fields: { theme: "dark" }, stamps: { theme: written } };
    const byDefault = { schema: 1, fields: { theme: "light" }, stamps: {} };
    for (const how of [{ default: "ask" }, { default: "newer" }] as const) {
      expect(mergeValues(null, byDefault, chosen, how)).toEqual({ value: chosen, clashes: [] });
    }
  });

  test("lists keep what either added and drop what either removed", () => {
    const at = (wallMs: number): Stamp => ({ wallMs, counter: 0, device: devices[0]! });
    const tagged = (tags: string[], wallMs: number) => ({ schema: 1, fields: { tags }, stamps: { tags: at(wallMs) } });
    const merged = mergeValues(tagged(["a", "b"], 1), tagged(["b", "c"], 2), tagged(["a", "b", "d"], 3), {
      default: "set",
    });
    expect(merged).toEqual({ value: tagged(["b", "c", "d"], 3), clashes: [] });
  });
});
