import type { JsonObject, Stamp } from "@owlivion/sync-crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RecordValue } from "../merge/record-value.ts";
import { type ReconcileInput, reconcileRecord } from "./reconcile-record.ts";

const stamp = (wallMs: number, device = "a"): Stamp => ({ wallMs, counter: 0, device });
const value = (fields: JsonObject, at = 1): RecordValue => ({
  schema: 1,
  fields,
  stamps: Object.fromEntries(Object.keys(fields).map((name) => [name, stamp(at)])),
});
const put = (of: RecordValue) => ({ kind: "put", ...of }) as const;
const tombstone = { kind: "tombstone", schema: 1, stamp: stamp(9, "b"), confirmation: null } as const;
const edit = (of: RecordValue) => ({ kind: "put", value: of }) as const;
const policy = { default: "ask" } as const;
const base = value({ text: "base" });
const local = value({ text: "local" }, 5);
const remote = value({ text: "remote" }, 7);

describe("a remote record and a local edit of it (DESIGN 5.2)", () => {
  test.each<[string, Omit<ReconcileInput, "policy">, object]>([
    [
      "nothing local: it is taken",
      { base, pending: null, remote: put(remote) },
      { visible: put(remote), pending: null, journal: null },
    ],
    [
      "nothing local: it is deleted",
      { base, pending: null, remote: tombstone },
      { visible: null, pending: null, journal: null },
    ],
    [
      "the same edit on both sides ends it",
      { base, pending: edit(remote), remote: put(remote) },
      { visible: remote, pending: null, journal: null },
    ],
    [
      "different fields merge by themselves, and the rest is pushed",
      { base, pending: edit(value({ text: "base", more: "local" })), remote: put(remote) },
      { visible: { fields: { text: "remote", more: "local" } }, pending: "put", journal: null },
    ],
    [
      "a clash shows the newer and journals both",
      { base, pending: edit(local), remote: put(remote) },
      {
        visible: { fields: { text: "remote" } },
        pending: null,
        journal: { kind: "fields", base: base.fields, local: local.fields, remote: remote.fields, clashes: ["text"] },
      },
    ],
    [
      "an edit beats a deletion, and says so",
      { base, pending: edit(local), remote: tombstone },
      { visible: local, pending: "put", journal: { kind: "edit_kept", local: local.fields, remote: null } },
    ],
    [
      "also a deletion of this device",
      { base, pending: { kind: "delete" }, remote: put(remote) },
      { visible: put(remote), pending: null, journal: { kind: "edit_kept", local: null, remote: remote.fields } },
    ],
    [
      "a deletion stands when the record is what was deleted",
      { base, pending: { kind: "delete" }, remote: put(value({ text: "base" }, 8)) },
      { visible: null, pending: "delete", journal: null },
    ],
    [
      "deleted on both sides",
      { base, pending: { kind: "delete" }, remote: tombstone },
      { visible: null, pending: null, journal: null },
    ],
  ])("%s", (_, input, expected) => {
    expect(reconcileRecord({ ...input, policy })).toMatchObject(expected);
  });

  test("C-I5: every value of both sides is visible, the base's, or in the journal", () => {
    const fields = fc.dictionary(fc.constantFrom("a", "b", "c"), fc.constantFrom("1", "2", "3", null), { maxKeys: 3 });
    const values = fc.tuple(fields, fc.integer({ min: 1, max: 4 })).map(([each, at]) => value(each as JsonObject, at));
    const pendings = fc.oneof(fc.constant({ kind: "delete" } as const), values.map(edit));
    const remotes = fc.oneof(fc.constant(tombstone), values.map(put));
    fc.assert(
      fc.property(fc.option(values), pendings, remotes, (base, pending, remote) => {
        const { visible, journal } = reconcileRecord({ base, pending, remote, policy });
        const journalled = new Set(
          [journal?.local, journal?.remote].flatMap((side) =>
            Object.entries(side ?? {}).map((pair) => JSON.stringify(pair)),
          ),
        );
        const sides = [pending.kind === "put" ? pending.value : null, remote.kind === "put" ? remote : null];
        for (const [name, each] of sides.flatMap((side) => Object.entries(side?.fields ?? {}))) {
          const isSomewhere =
            visible?.fields[name] === each ||
            (base?.fields[name] ?? null) === each ||
            journalled.has(JSON.stringify([name, each])) ||
            (visible === null && base !== null);
          expect(isSomewhere).toBe(true);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
