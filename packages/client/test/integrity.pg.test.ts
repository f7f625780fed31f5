import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { defineDataType } from "@owlivion/sync-client";
import { startTestServer, type TestServer } from "../../server/test/support/server.ts";
import { addDevice, collectionOf, expectConverged, expectSound, settle } from "./support/household.ts";
import { openDevices, type SyncedDevice } from "./support/people.ts";

interface Note {
  readonly text?: string;
  readonly more?: string;
}
const options = { dataTypes: [defineDataType<Note>({ name: "contacts" })] as never };

let server: TestServer;
beforeAll(async () => void (server = await startTestServer()));
afterAll(() => server.close());

const notes = ({ sync }: SyncedDevice) => sync.collection<Note>("contacts");
const accountOf = ({ sync }: SyncedDevice) => sync.account!.accountId;

async function provedVersionOf(device: SyncedDevice): Promise<number> {
  const { rows } = await server.pool.query<{ head: string; proof_version: string | null }>(
    "select head, proof_version from sync_data where user_id = $1 and head > 0",
    [accountOf(device)],
  );
  const [row] = rows;
  return row !== undefined && row.proof_version === row.head ? Number(row.head) : 0;
}

/** The device gets idle, and proves the head. */
async function prove(device: SyncedDevice): Promise<void> {
  device.sync.start();
  await expect.poll(() => provedVersionOf(device), { timeout: 5_000 }).toBeGreaterThan(0);
  await device.sync.stop();
}

/** Three notes that B has seen proved by A. Then the server forgets `lost`, and puts an older `older` in its place. */
async function aLyingServer() {
  const [a, b] = await openDevices(server.app, 2, options);
  await notes(a!).putMany(["same", "older", "lost"].map((id) => ({ id, text: `first ${id}` })));
  await settle(a!, b!);
  await notes(a!).patch("older", { text: "second older" });
  await settle(a!, b!);
  await prove(a!);
  await b!.sync.syncNow();
  expect((await collectionOf(b!))?.verified).not.toBeNull();
  const place = [accountOf(a!)];
  await server.pool.query(
    `update sync_data_changes c set encrypted_record = o.encrypted_record, record_nonce = o.record_nonce, record_checksum = o.record_checksum
     from sync_data_changes o where c.user_id = $1 and o.user_id = $1 and c.record_id = 'older' and o.record_id = 'older'
     and c.superseded_at is null and o.superseded_at is not null`,
    place,
  );
  await server.pool.query("delete from sync_data_changes where user_id = $1 and record_id = 'lost'", place);
  const late = await addDevice(server.app, a!, options);
  await late.sync.syncNow();
  return { a: a!, b: b!, late };
}

describe("an alarm about the server", () => {
  test("tells what was found, and where the server differs", async () => {
    const { late, b } = await aLyingServer();
    expect(await late.sync.integrity.list()).toEqual([
      {
        dataType: "contacts",
        problem: "proof_mismatch",
        position: 4,
        records: 2,
        verifiedVersion: null,
        provedVersion: 0,
      },
    ]);
    expect(late.sync.status.attention).toContainEqual({ kind: "integrity", dataType: "contacts", count: 1 });
    expect(await b.sync.integrity.list()).toEqual([]);
    expect(await b.sync.integrity.examine("contacts")).toEqual({
      missing: ["lost"],
      different: ["older"],
      resurrected: [],
      extra: [],
    });
    await expect(b.sync.integrity.trustThisDevice("contacts")).rejects.toMatchObject({ code: "NOTHING_TO_CONFIRM" });
  });

  /** B hears of it when the server shows it what it did. */
  async function alarmed() {
    const devices = await aLyingServer();
    const { b } = devices;
    await (
      await b.openStore()
    ).write(["collections"], async (tx) => {
      const row = (await tx.get("collections", "contacts"))!;
      await tx.put("collections", { ...row, alarm: "proof_mismatch" });
    });
    return devices;
  }

  test("trusting this device sends what the server lacks again, and proves it", async () => {
    const { a, b, late } = await alarmed();
    await notes(b).patch("same", { more: "waits" });
    await b.sync.integrity.trustThisDevice("contacts");
    expect(await b.sync.integrity.list()).toEqual([]);
    expect(await provedVersionOf(b)).toBeGreaterThan(4);
    expect((await collectionOf(b))?.provesAnew).toBe(false);
    await late.sync.integrity.takeServers("contacts");
    for (const device of [a, b, late]) await device.sync.syncNow();
    for (const device of [a, b, late]) {
      expect(await notes(device).get("lost")).toMatchObject({ text: "first lost" });
      expect(await notes(device).get("older")).toMatchObject({ text: "second older" });
      expect(await notes(device).get("same")).toMatchObject({ more: "waits" });
      expect(await device.sync.integrity.list()).toEqual([]);
    }
    await expectConverged(server.app, [b, late], options);
  });

  test("taking the server's sets aside what is here, keeps edits that wait, and proves it", async () => {
    const { b, late } = await alarmed();
    await notes(b).patch("older", { more: "waits" });
    await notes(b).put({ id: "new", text: "made meanwhile" });
    await b.sync.integrity.takeServers("contacts");
    expect(await b.sync.integrity.list()).toEqual([]);
    expect(await notes(b).get("lost")).toBeUndefined();
    expect(await notes(b).get("older")).toEqual({ id: "older", text: "first older", more: "waits" });
    expect(await notes(b).get("new")).toMatchObject({ text: "made meanwhile" });
    expect(await provedVersionOf(b)).toBeGreaterThan(4);
    await expectSound(server.app, b);
    const conflicts = await b.sync.conflicts.list();
    expect(conflicts.map(({ kind, recordId, local }) => [kind, recordId, local])).toEqual([
      ["set_aside", "lost", { text: "first lost" }],
    ]);
    await b.sync.conflicts.resolve(conflicts[0]!.id, "local");
    await late.sync.integrity.takeServers("contacts");
    await expectConverged(server.app, [b, late], options);
    expect(await notes(late).get("lost")).toMatchObject({ text: "first lost" });
  });

  test("what it set aside without an edit comes back by a decision, and is asked once", async () => {
    const { b } = await alarmed();
    await b.sync.integrity.takeServers("contacts");
    expect(await notes(b).get("older")).toMatchObject({ text: "first older" });
    const asked = await b.sync.conflicts.list();
    expect(asked.map(({ recordId }) => recordId)).toEqual(["lost", "older"]);
    await b.sync.conflicts.resolve(asked[1]!.id, "local");
    await b.sync.conflicts.resolve(asked[0]!.id, "remote");
    await b.sync.syncNow();
    expect(await notes(b).get("older")).toMatchObject({ text: "second older" });
    expect(await notes(b).get("lost")).toBeUndefined();
    expect(await b.sync.conflicts.list()).toEqual([]);
  });

  test("offline nothing is decided by half", async () => {
    const { b } = await alarmed();
    b.network.fault = () => "drop-request";
    await expect(b.sync.integrity.takeServers("contacts")).rejects.toMatchObject({ code: "OFFLINE" });
    expect(await b.sync.integrity.list()).toHaveLength(1);
    await expect(b.sync.integrity.trustThisDevice("contacts")).rejects.toMatchObject({ code: "OFFLINE" });
    expect(await notes(b).count()).toBe(3);
    b.network.fault = () => null;
    await b.sync.syncNow();
    expect(await b.sync.integrity.list()).toEqual([]);
    expect(await provedVersionOf(b)).toBeGreaterThan(4);
    await expectConverged(server.app, [b], options);
  });
});
