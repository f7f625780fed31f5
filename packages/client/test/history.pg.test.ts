import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Contact } from "@owlivion/sync-client";
import { startTestServer, type TestServer } from "../../server/test/support/server.ts";
import { memoryStore } from "../src/store/memory-store.ts";
import { openDevice, openDevices, type SyncedDevice, testPassword } from "./support/people.ts";

let server: TestServer;
beforeAll(async () => void (server = await startTestServer()));
afterAll(() => server.close());

const contactsOf = ({ sync }: SyncedDevice) => sync.collection<Contact>("contacts");

/** A record with three versions, then deleted. */
async function pastOfAda() {
  const [a, b] = await openDevices(server.app, 2);
  const id = await contactsOf(a!).put({ name: "Ada", notes: "one" });
  await a!.sync.syncNow();
  await contactsOf(a!).patch(id, { notes: "two", company: "Engines" });
  await a!.sync.syncNow();
  await b!.sync.syncNow();
  await contactsOf(b!).patch(id, { company: null });
  await b!.sync.syncNow();
  await a!.sync.syncNow();
  return { a: a!, b: b!, id };
}

/** A server that changes one byte of a change. */
async function damage(id: string, version: number): Promise<void> {
  await server.pool.query(
    `update sync_data_changes set encrypted_record = set_byte(encrypted_record, 150, get_byte(encrypted_record, 150) # 1)
     where record_id = $1 and version = $2`,
    [id, version],
  );
}

describe("a record's history", () => {
  test("newest first, who did it, what changed, and that each replaced the one before", async () => {
    const { a, b, id } = await pastOfAda();
    await contactsOf(b).delete(id);
    await b.sync.syncNow();
    const { entries, next, isComplete } = await a.sync.history.list("contacts", id);
    expect(entries.map(({ kind, fields, changes }) => ({ kind, fields, changes }))).toEqual([
      { kind: "deleted", fields: null, changes: [] },
      { kind: "put", fields: { name: "Ada", notes: "two" }, changes: ["company"] },
      { kind: "put", fields: { name: "Ada", notes: "two", company: "Engines" }, changes: ["company", "notes"] },
      { kind: "put", fields: { name: "Ada", notes: "one" }, changes: ["name", "notes"] },
    ]);
    const devices = entries.map(({ deviceId }) => deviceId);
    const [idA, idB] = [a.sync.account!.deviceId, b.sync.account!.deviceId];
    expect(devices).toEqual([idB, idB, idA, idA]);
    expect(entries.map(({ isCurrent }) => isCurrent)).toEqual([true, false, false, false]);
    expect(entries.map(({ isLinked }) => isLinked)).toEqual([true, true, true, null]);
    expect(entries.every(({ problem }) => problem === null)).toBe(true);
    expect({ next, isComplete }).toEqual({ next: null, isComplete: true });
  });

  test("page by page it is the same", async () => {
    const { a, id } = await pastOfAda();
    const whole = await a.sync.history.list("contacts", id);
    const first = await a.sync.history.list("contacts", id, { limit: 2 });
    expect(first.isComplete).toBe(false);
    const second = await a.sync.history.list("contacts", id, { limit: 2, before: first.next! });
    expect([...first.entries, ...second.entries]).toEqual(whole.entries);
    expect(second).toMatchObject({ next: null, isComplete: true });
  });

  test("an entry that is changed or left out is told", async () => {
    const { a, id } = await pastOfAda();
    // The one in the middle is gone, and the server's chain says nothing of it.
    const leaveOut = "update sync_data_changes set prev_version = 1 where record_id = $1 and version = 3";
    await server.pool.query(leaveOut, [id]);
    const gap = await a.sync.history.list("contacts", id);
    expect(gap.entries.map(({ isLinked }) => isLinked)).toEqual([false, null]);
    await damage(id, 3);
    const { entries } = await a.sync.history.list("contacts", id);
    expect(entries[0]).toMatchObject({ fields: null, changes: null, problem: "TAMPERED", isLinked: null });
    expect(entries[1]).toMatchObject({ fields: { name: "Ada", notes: "one" }, problem: null });
  });

  test("a version is put anew: on every device, and the past stays", async () => {
    const { a, b, id } = await pastOfAda();
    const { entries } = await b.sync.history.list("contacts", id);
    expect(await b.sync.history.restore("contacts", id, entries.at(-1)!.version)).toBe(true);
    expect(await contactsOf(b).get(id)).toEqual({ id, name: "Ada", notes: "one" });
    for (const device of [b, a]) await device.sync.syncNow();
    expect(await contactsOf(a).get(id)).toEqual({ id, name: "Ada", notes: "one" });
    expect((await a.sync.history.list("contacts", id)).entries).toHaveLength(4);
    expect(await b.sync.history.restore("contacts", id, entries.at(-1)!.version)).toBe(false);
  });

  test("a deleted record lives again, from a device that came after the deletion too", async () => {
    const { a, b, id } = await pastOfAda();
    await contactsOf(a).delete(id);
    await a.sync.syncNow();
    await b.sync.syncNow();
    const late = await openDevice(server.app, { openStore: memoryStore() });
    await late.sync.signIn({ email: a.sync.account!.email, password: testPassword });
    await late.sync.syncNow();
    const { entries } = await late.sync.history.list("contacts", id);
    await late.sync.history.restore("contacts", id, entries[1]!.version);
    for (const device of [late, a, b]) await device.sync.syncNow();
    for (const device of [late, a, b]) {
      expect(await contactsOf(device).get(id)).toEqual({ id, name: "Ada", notes: "two" });
      expect(await device.sync.conflicts.list()).toEqual([]);
    }
    expect((await a.sync.history.list("contacts", id)).entries.every(({ isLinked }, i) => i === 4 || isLinked)).toBe(
      true,
    );
  });

  test("what is not there, is a deletion or cannot be read is not restored", async () => {
    const { a, id } = await pastOfAda();
    await contactsOf(a).delete(id);
    await a.sync.syncNow();
    const { entries } = await a.sync.history.list("contacts", id);
    await expect(a.sync.history.restore("contacts", id, 999)).rejects.toMatchObject({ code: "VERSION_NOT_FOUND" });
    const deletion = a.sync.history.restore("contacts", id, entries[0]!.version);
    await expect(deletion).rejects.toMatchObject({ code: "VERSION_NOT_FOUND" });
    await damage(id, entries[1]!.version);
    const damaged = a.sync.history.restore("contacts", id, entries[1]!.version);
    await expect(damaged).rejects.toMatchObject({ code: "UNREADABLE_RECORD" });
    expect(await contactsOf(a).list()).toEqual([]);
  });
});
