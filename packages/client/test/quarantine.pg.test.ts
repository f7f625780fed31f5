import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { defineDataType } from "@owlivion/sync-client";
import { startTestServer, type TestServer } from "../../server/test/support/server.ts";
import {
  addDevice,
  collectionOf,
  expectConverged,
  expectSound,
  recordsOf,
  reopen,
  rowsOf,
  settle,
} from "./support/household.ts";
import { openDevices, type SyncedDevice } from "./support/people.ts";

// C-I10: what cannot be opened or believed is kept apart. It deletes nothing, overwrites nothing, and stops nothing else.

interface Note {
  readonly text?: string;
  readonly more?: string;
}
const options = { dataTypes: [defineDataType<Note>({ name: "contacts" })] as never };

let server: TestServer;
beforeAll(async () => void (server = await startTestServer()));
afterAll(() => server.close());

const notes = ({ sync }: SyncedDevice) => sync.collection<Note>("contacts");
const kinds = (device: SyncedDevice) => device.events.map(({ type }) => type);
const waitingFor = async (device: SyncedDevice) =>
  (await rowsOf(device.openStore, "outbox")).map(({ recordId }) => recordId);

async function twoDevices(ids: readonly string[]) {
  const [a, b] = await openDevices(server.app, 2, options);
  await notes(a!).putMany(ids.map((id) => ({ id, text: `text of ${id}` })));
  await settle(a!, b!);
  return [a!, b!] as const;
}

/** Changes a record's envelope where it lies; answers how to put it back. */
async function tamper(
  device: SyncedDevice,
  recordId: string,
  change: (envelope: Buffer) => Buffer,
): Promise<() => Promise<void>> {
  const place = [device.sync.account!.accountId, recordId];
  const { rows } = await server.pool.query<{ encrypted_record: Buffer }>(
    `select encrypted_record from sync_data_changes where user_id = $1 and record_id = $2 and superseded_at is null`,
    place,
  );
  const before = rows[0]!.encrypted_record;
  const write = async (envelope: Buffer) =>
    void (await server.pool.query(
      `update sync_data_changes set encrypted_record = $3, record_checksum = sha256($3)
        where user_id = $1 and record_id = $2 and superseded_at is null`,
      [...place, envelope],
    ));
  await write(change(Buffer.from(before)));
  return () => write(before);
}

const flipLast = (envelope: Buffer): Buffer => {
  envelope[envelope.length - 1]! ^= 1;
  return envelope;
};
/** suite 1, kind 1, key epoch 4, device 16, then the revision. */
const raiseRev = (envelope: Buffer): Buffer => {
  envelope.writeBigUInt64BE(2n ** 53n - 1n, 22);
  return envelope;
};
const nextKeys = (envelope: Buffer): Buffer => {
  envelope.writeUInt32BE(7, 2);
  return envelope;
};
const cut = (envelope: Buffer): Buffer => envelope.subarray(0, 40);
const tampering = { flipLast, raiseRev, nextKeys, cut };

describe.each(Object.entries(tampering))("a tampered record (%s)", (_, change) => {
  test("is kept apart on a new device while the others come, and heals with the next edit", async () => {
    const [a, b] = await twoDevices(["bad", "good"]);
    await tamper(a, "bad", change);
    const c = await addDevice(server.app, a, options);
    await c.sync.syncNow();
    expect(Object.keys(await recordsOf(c))).toEqual(["contacts/good"]);
    expect(await notes(c).state("bad")).toMatchObject({ mark: "unreadable" });
    expect(kinds(c)).toContain("unreadable");
    await expectSound(server.app, c);

    await notes(a).patch("bad", { more: "edited" });
    await settle(a, b, c);
    expect(await notes(c).get("bad")).toEqual({ id: "bad", text: "text of bad", more: "edited" });
    expect(kinds(c)).toContain("healed");
    expect(kinds(c)).not.toContain("integrity");
    expect((await notes(c).state("bad")).mark).toBeNull();
    await expectConverged(server.app, [a, b, c], options);
  });

  test("that a device knew stays visible as it was; an edit of it waits, beside the server's", async () => {
    const [a, b] = await twoDevices(["bad", "good"]);
    await notes(a).patch("bad", { more: "from A" });
    await a.sync.syncNow();
    await tamper(a, "bad", change);
    await b.sync.syncNow();
    expect(await notes(b).get("bad")).toEqual({ id: "bad", text: "text of bad" });
    await notes(b).patch("bad", { text: "from B" });
    await notes(b).patch("good", { text: "from B" });
    await b.sync.syncNow();
    expect(await waitingFor(b)).toEqual(["bad"]);
    expect(await b.sync.conflicts.list()).toMatchObject([
      { kind: "unreadable", recordId: "bad", local: { text: "from B" } },
    ]);
    await expectSound(server.app, b);

    // A still has it: its next edit heals, and B's edit is merged.
    await notes(a).patch("bad", { more: "from A again" });
    await settle(a, b);
    const records = await expectConverged(server.app, [a, b], options);
    expect(records["contacts/bad"]).toEqual({ id: "bad", text: "from B", more: "from A again" });
  });

  test("deleting it waits too: what cannot be read is not overwritten", async () => {
    const [a, b] = await twoDevices(["bad"]);
    await notes(a).patch("bad", { more: "from A" });
    await a.sync.syncNow();
    await tamper(a, "bad", change);
    await b.sync.syncNow();
    await notes(b).delete("bad");
    await b.sync.syncNow();
    expect(await waitingFor(b)).toEqual(["bad"]);
    const [conflict] = await b.sync.conflicts.list();
    expect(conflict).toMatchObject({ kind: "unreadable", local: null });
    await b.sync.conflicts.resolve(conflict!.id, "local");
    await settle(b, a);
    expect(await expectConverged(server.app, [a, b], options)).toEqual({});
  });

  test("the person may put theirs over it, and edits go out again", async () => {
    const [a, b] = await twoDevices(["bad"]);
    await notes(a).patch("bad", { more: "from A" });
    await a.sync.syncNow();
    await tamper(a, "bad", change);
    await b.sync.syncNow();
    await notes(b).patch("bad", { text: "from B" });
    const [conflict] = await b.sync.conflicts.list();
    await b.sync.conflicts.resolve(conflict!.id, "local");
    await settle(b, a);
    expect((await notes(b).state("bad")).mark).toBeNull();
    await notes(b).patch("bad", { more: "afterwards" });
    await settle(b, a);
    const records = await expectConverged(server.app, [a, b], options);
    expect(records["contacts/bad"]).toEqual({ id: "bad", text: "from B", more: "afterwards" });
    expect(kinds(a)).not.toContain("integrity");
  });
});

test("a record sealed by keys that come later opens after unlocking, and after a restart", async () => {
  const [a, b] = await twoDevices(["r"]);
  const heal = await tamper(a, "r", flipLast);
  const c = await addDevice(server.app, a, options);
  await c.sync.syncNow();
  await heal();
  // What the device could not open then, it can now: a newer SDK, or other keys.
  const [row] = await rowsOf(b.openStore, "records");
  const store = await c.openStore();
  await store.write(["records"], async (tx) => {
    const [bad] = await tx.scan("records", { prefix: "" });
    await tx.put("records", { ...bad!, envelope: row!.envelope });
  });
  await store.close();
  const again = await reopen(server.app, c, options);
  expect(await notes(again).get("r")).toEqual({ id: "r", text: "text of r" });
  expect((await notes(again).state("r")).mark).toBeNull();
});

describe("M6, E-I2: what contradicts this device's memory", () => {
  /** A change of the past comes again, as the newest. */
  async function replay(device: SyncedDevice, recordId: string, version: number): Promise<void> {
    const { accountId } = device.sync.account!;
    const { rows } = await server.pool.query<{
      encrypted_record: Buffer;
      record_nonce: Buffer;
      record_checksum: Buffer;
    }>(
      `select encrypted_record, record_nonce, record_checksum from sync_data_changes
        where user_id = $1 and record_id = $2 and version = $3`,
      [accountId, recordId, version],
    );
    const { encrypted_record: envelope, record_nonce: nonce, record_checksum: checksum } = rows[0]!;
    await server.pool.query(
      `update sync_data_changes set encrypted_record = $3, record_nonce = $4, record_checksum = $5
        where user_id = $1 and record_id = $2 and superseded_at is null`,
      [accountId, recordId, envelope, nonce, checksum],
    );
  }

  async function replayed() {
    const [a, b] = await twoDevices(["r", "s"]);
    for (const text of ["second", "third"]) {
      await notes(a).patch("r", { text });
      await settle(a, b);
    }
    await notes(a).patch("r", { text: "fourth" });
    await a.sync.syncNow();
    await replay(a, "r", 1);
    return [a, b] as const;
  }

  test("an older revision is not taken over, and an alarm is raised", async () => {
    const [, b] = await replayed();
    await b.sync.syncNow();
    expect(await notes(b).get("r")).toMatchObject({ text: "third" });
    expect(b.events).toContainEqual({ type: "integrity", dataType: "contacts", problem: "replayed", recordId: "r" });
    expect((await collectionOf(b))?.alarm).toBe("replayed");
    await expectSound(server.app, b);
  });

  test("an edit of it does not make the device push for ever, and others go out", async () => {
    const [, b] = await replayed();
    await notes(b).patch("r", { more: "from B" });
    await notes(b).patch("s", { more: "from B" });
    await b.sync.syncNow();
    await b.sync.syncNow();
    expect(b.network.paths.filter((path) => path.includes("delta")).length).toBeLessThan(60);
    expect(await waitingFor(b)).toEqual(["r"]);
    expect(await notes(b).get("r")).toMatchObject({ text: "third", more: "from B" });
    await expectSound(server.app, b);
  });

  test("a conflict with something older does not make the device push for ever, and others go out", async () => {
    const [a, b] = await twoDevices(["r", "s"]);
    for (const text of ["second", "third"]) {
      await notes(a).patch("r", { text });
      await settle(a, b);
    }
    // The server takes this one record back, as if the later changes had never been.
    const { accountId } = a.sync.account!;
    await server.pool.query("delete from sync_data_changes where user_id = $1 and record_id = 'r' and version > 2", [
      accountId,
    ]);
    await server.pool.query(
      "update sync_data_changes set superseded_at = null, superseded_version = null where user_id = $1 and record_id = 'r'",
      [accountId],
    );
    await notes(b).patch("r", { more: "from B" });
    await notes(b).patch("s", { more: "from B" });
    await b.sync.syncNow();
    expect(b.network.sent.filter(({ method }) => method === "POST").length).toBeLessThan(12);
    expect(await waitingFor(b)).toEqual(["r"]);
    expect(await notes(b).get("r")).toMatchObject({ text: "third", more: "from B" });
    await expectSound(server.app, b);
  });
});

describe("S47: a deletion that nobody sealed", () => {
  /** As a plain API client does it, with the person's own token. */
  async function deleteUnsealed(device: SyncedDevice, recordId: string): Promise<void> {
    const authorization = device.network.sent.findLast(({ headers }) => headers["authorization"] !== undefined)!
      .headers["authorization"]!;
    const deviceId = device.sync.account!.deviceId;
    const reply = await server.app.inject({
      method: "POST",
      url: "/api/v1/sync/contacts/delta",
      headers: { authorization },
      payload: { changes: [{ record_id: recordId, change_type: "delete" }], device_id: deviceId },
    });
    expect([reply.statusCode, reply.json().data?.processed_count]).toEqual([200, 1]);
  }

  test("waits for the person; accepted, it is sealed and goes to everybody", async () => {
    const [a, b] = await twoDevices(["r", "s"]);
    await deleteUnsealed(a, "r");
    await settle(a, b);
    expect(await b.sync.deletions.staged()).toMatchObject([{ recordId: "r", reason: "unsealed" }]);
    expect(await notes(b).get("r")).toBeDefined();
    await expectSound(server.app, b);
    expect(await b.sync.deletions.accept("contacts")).toBe(1);
    await settle(b, a);
    expect(await a.sync.deletions.staged()).toEqual([]);
    expect(Object.keys(await expectConverged(server.app, [a, b], options))).toEqual(["contacts/s"]);
  });

  test("rejected, the record is there for everybody", async () => {
    const [a, b] = await twoDevices(["r", "s"]);
    await deleteUnsealed(a, "r");
    await settle(a, b);
    expect(await b.sync.deletions.reject("contacts")).toBe(1);
    await settle(b, a);
    expect(await a.sync.deletions.staged()).toEqual([]);
    expect(Object.keys(await expectConverged(server.app, [a, b], options))).toEqual(["contacts/r", "contacts/s"]);
  });

  test("an edit of the record rejects it", async () => {
    const [a, b] = await twoDevices(["r"]);
    await deleteUnsealed(a, "r");
    await settle(a, b);
    await notes(b).patch("r", { more: "wanted" });
    expect(await expectConverged(server.app, [b, a], options)).toEqual({
      "contacts/r": { id: "r", text: "text of r", more: "wanted" },
    });
  });

  test("a waiting edit beats it", async () => {
    const [a, b] = await twoDevices(["r"]);
    await notes(b).patch("r", { more: "wanted" });
    await deleteUnsealed(a, "r");
    await settle(b, a);
    expect(Object.keys(await expectConverged(server.app, [b, a], options))).toEqual(["contacts/r"]);
  });
});
