import { createKeyBundle, hashEnvelope, Keyring, readHeader } from "@owlivion/sync-crypto";
import { predictableRandomForTests } from "@owlivion/sync-crypto/testing";
import { expect, test } from "vitest";
import type { OutboxRow, RecordRow, ViewRow } from "../store/rows.ts";
import { judgeRemote } from "./judge-remote.ts";
import { type PendingChange, planPush, pushLimits } from "./plan-push.ts";

const random = predictableRandomForTests("plan");
const device = "00000000-0000-4000-8000-000000000001";
const keys = new Keyring(createKeyBundle(random), "00000000-0000-4000-8000-000000000002").collection("contacts");
const stamp = { wallMs: 1, counter: 0, device };
const place = (recordId: string) => ({ key: `contacts/${recordId}`, recordId });
const outbox = (recordId: string, more: Partial<OutboxRow> = {}): OutboxRow => ({
  ...place(recordId),
  kind: "put",
  edit: 7,
  editedAtMs: 0,
  stamp,
  sealed: null,
  held: null,
  confirmation: null,
  ...more,
});
const view = (recordId: string, text = "t"): ViewRow => ({
  ...place(recordId),
  schema: 1,
  fields: { text },
  stamps: { text: stamp },
  problem: null,
});
const change = (recordId: string, more: Partial<PendingChange> = {}): PendingChange => ({
  outbox: outbox(recordId),
  known: undefined,
  view: view(recordId),
  ...more,
});
const known = (recordId: string, more: Partial<RecordRow> = {}): RecordRow => {
  const content = { kind: "put", schema: 1, fields: {}, stamps: {} } as const;
  const envelope = keys.seal({ recordId, device, rev: 4, prevHash: null, content }, random);
  const fixed = {
    version: 9,
    rev: 4,
    changedAt: "",
    deviceId: device,
    generation: 1,
    isCounted: true,
    kind: "put",
  } as const;
  return { ...place(recordId), ...fixed, envelope, hash: hashEnvelope(envelope), ...more };
};
const plan = (pending: readonly PendingChange[], limits = pushLimits) =>
  planPush(keys, device, pending, random, limits);
const wide = { maxChanges: 1000, maxBytes: 4_000 };

test("5.3 a new record begins at revision 1 on base 0; a known one continues its predecessor", () => {
  const row = known("b");
  const { changes, entries } = plan([change("a"), change("b", { known: row })]);
  expect(changes).toMatchObject([
    { record_id: "a", change_type: "insert", base_version: 0 },
    { record_id: "b", change_type: "update", base_version: 9 },
  ]);
  expect(entries).toEqual([
    { recordId: "a", edit: 7 },
    { recordId: "b", edit: 7 },
  ]);
  expect(keys.open("a", changes[0]!.encrypted_record).header).toMatchObject({ rev: 1, prevHash: null });
  expect(keys.open("b", changes[1]!.encrypted_record).header).toMatchObject({ rev: 5, prevHash: row.hash });
});

test("over a tombstone it is an insert on the tombstone's version; what the server does not have is one on base 0", () => {
  const { changes } = plan([
    change("a", { known: known("a", { kind: "tombstone" }) }),
    change("b", { known: known("b", { version: 0 }) }),
  ]);
  expect(changes).toMatchObject([
    { change_type: "insert", base_version: 9 },
    { change_type: "insert", base_version: 0 },
  ]);
});

test("a deletion is sealed, with its confirmation", () => {
  const row = outbox("a", { kind: "delete", confirmation: "00000000-0000-4000-8000-00000000000c" });
  const { changes } = plan([change("a", { outbox: row, known: known("a"), view: undefined })]);
  expect(changes).toMatchObject([{ change_type: "delete", base_version: 9 }]);
  expect(keys.open("a", changes[0]!.encrypted_record).content).toMatchObject({
    kind: "tombstone",
    confirmation: row.confirmation,
  });
});

test("what is sealed already goes out byte for byte", () => {
  const { envelope } = known("a");
  const { changes } = plan([change("a", { outbox: outbox("a", { sealed: envelope }) })]);
  expect(changes[0]!.encrypted_record).toBe(envelope);
  expect(changes[0]!.record_checksum).toEqual(hashEnvelope(envelope!));
  expect(changes[0]!.record_nonce).toEqual(readHeader(envelope!).nonce);
});

test("over what cannot be opened the revision is far above any that others may know", () => {
  const { changes } = plan([change("a", { known: known("a"), isUnreadable: true })]);
  expect(readHeader(changes[0]!.encrypted_record).rev).toBeGreaterThan(1000);
});

test("over a deletion whose envelope is not here, too: what others hold of it is not known", () => {
  const tombstone = known("a", { kind: "tombstone", envelope: null, hash: null });
  const { changes } = plan([change("a", { known: tombstone })]);
  const { rev, prevHash } = readHeader(changes[0]!.encrypted_record);
  const theirs = { kind: "tombstone", version: 9, rev: tombstone.rev, hash: new Uint8Array(32).fill(1) } as const;
  const arriving = { version: 10, header: { rev, prevHash }, hash: changes[0]!.record_checksum };
  expect(judgeRemote(theirs, arriving, { horizon: 0, walk: null })).toBe("apply");
});

test("as many as fit, one at least; what is too large and what is nothing are told apart", () => {
  const large = (recordId: string) => change(recordId, { view: view(recordId, "x".repeat(1_500)) });
  expect(plan(["a", "b", "c", "d"].map(large), wide).entries).toHaveLength(2);
  expect(plan([change("a"), change("b")], { maxChanges: 1, maxBytes: 1 }).entries).toHaveLength(1);
  expect(plan([change("a")], { maxChanges: 5, maxBytes: 1 }).entries).toHaveLength(1);
  const noise = Array.from({ length: 60_000 }, (_, i) => ((i * 2_654_435_761) % 2 ** 32).toString(36)).join("");
  const result = plan([change("a", { view: view("a", noise) }), change("b", { view: undefined }), change("c")]);
  expect(result.tooLarge.map(({ recordId }) => recordId)).toEqual(["a"]);
  expect(result.empty.map(({ recordId }) => recordId)).toEqual(["b"]);
  expect(result.entries.map(({ recordId }) => recordId)).toEqual(["c"]);
});
