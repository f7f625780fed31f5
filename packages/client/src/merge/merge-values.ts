import { canonicalJson, type Json, type Stamp } from "@owlivion/sync-crypto";
import type { FieldPolicy, MergePolicy } from "../data-types/data-type.ts";
import { equalJson } from "./equal-json.ts";
import { mergeSet } from "./merge-set.ts";
import { fieldOf, type RecordValue, stampOf } from "./record-value.ts";
import { compareOptionalStamps, newerStamp } from "./stamp.ts";

export interface MergedValue {
  readonly value: RecordValue;
  /** Fields that both sides changed, each its own way, and that a person is asked about. */
  readonly clashes: readonly string[];
}

export const defaultMergePolicy: MergePolicy = { default: "ask" };

interface MergedField {
  readonly value: Json;
  readonly stamp: Stamp | undefined;
  readonly clashes: boolean;
}

/**
 * Merges two edits of one record, field by field. It knows no "mine": exchanging `a` and `b` gives the same value, byte for
 * byte, on every device. What is taken keeps its stamp.
 */
export function mergeValues(
  base: RecordValue | null,
  a: RecordValue,
  b: RecordValue,
  policy: MergePolicy,
): MergedValue {
  const names = new Set([...Object.keys(a.fields), ...Object.keys(b.fields)]);
  const fields: Record<string, Json> = Object.create(null) as Record<string, Json>;
  const stamps: Record<string, Stamp> = Object.create(null) as Record<string, Stamp>;
  const clashes: string[] = [];
  for (const name of [...names].sort()) {
    const merged = mergeField(name, base, a, b, policyOf(policy, name));
    // A default that was removed leaves nothing to remember.
    if (merged.value === null && merged.stamp === undefined) continue;
    fields[name] = merged.value;
    if (merged.stamp !== undefined) stamps[name] = merged.stamp;
    if (merged.clashes) clashes.push(name);
  }
  return { value: { schema: Math.max(a.schema, b.schema), fields: { ...fields }, stamps: { ...stamps } }, clashes };
}

/** A field that a policy does not name, even one called like a property of every object, follows the default. */
function policyOf(policy: MergePolicy, name: string): FieldPolicy {
  const fields = policy.fields ?? {};
  return Object.hasOwn(fields, name) ? fields[name]! : policy.default;
}

function mergeField(
  name: string,
  base: RecordValue | null,
  a: RecordValue,
  b: RecordValue,
  policy: FieldPolicy,
): MergedField {
  const [inBase, inA, inB] = [fieldOf(base, name), fieldOf(a, name), fieldOf(b, name)];
  const [stampA, stampB] = [stampOf(a, name), stampOf(b, name)];
  if (equalJson(inA, inB)) return { value: inA, stamp: newerStamp(stampA, stampB), clashes: false };
  // Without a base a field that was removed is an edit, one that never was is none.
  const isUnedited = (value: Json, stamp: Stamp | undefined): boolean =>
    equalJson(value, inBase) && (base !== null || stamp === undefined);
  if (isUnedited(inA, stampA)) return { value: inB, stamp: stampB, clashes: false };
  if (isUnedited(inB, stampB)) return { value: inA, stamp: stampA, clashes: false };

  const isNewerA = (compareOptionalStamps(stampA, stampB) || compareTexts(inA, inB)) > 0;
  const [older, newer] = isNewerA ? [inB, inA] : [inA, inB];
  const stamp = newerStamp(stampA, stampB);
  if (policy === "set" && Array.isArray(older) && Array.isArray(newer)) {
    return { value: mergeSet(Array.isArray(inBase) ? inBase : [], older, newer), stamp, clashes: false };
  }
  // A default never stands against what a person wrote.
  const isAsked = policy !== "newer" && stampA !== undefined && stampB !== undefined;
  return { value: newer, stamp, clashes: isAsked };
}

/** Breaks a tie between equal stamps, which two copies of one device can give out. */
function compareTexts(a: Json, b: Json): number {
  const [textA, textB] = [canonicalJson(a), canonicalJson(b)];
  return textA < textB ? -1 : textA > textB ? 1 : 0;
}
