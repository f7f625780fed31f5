import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { defineDataType } from "@owlivion/sync-client";
import { createTestDatabase } from "../../server/test/support/database.ts";
import { startTestServer, type TestServer } from "../../server/test/support/server.ts";
import {
  addDevice,
  collectionOf,
  expectConverged,
  expectSound,
  recordsOf,
  rowsOf,
  settle,
} from "./support/household.ts";
import { openDevices, type SyncedDevice, testPassword } from "./support/people.ts";
import { carefulPerson } from "./support/test-device.ts";

// The server forgets: what it purged, what a restore lost, everything. Nothing that a device acknowledged or edited is lost.

interface Note {
  readonly text?: string;
  readonly more?: string;
}
const options = { dataTypes: [defineDataType<Note>({ name: "contacts" })] as never };

let server: TestServer;
let closers: (() => Promise<unknown>)[];
beforeAll(async () => void (server = await startTestServer()));
afterAll(() => server.close());
beforeEach(() => {
  closers = [];
});
afterEach(async () => {
  for (const close of closers.reverse()) await close();
});

const notes = ({ sync }: SyncedDevice) => sync.collection<Note>("contacts");
const kinds = (device: SyncedDevice) => device.events.map(({ type }) => type);

/** Purges the account's tombstones, as retention does when their time has come. */
async function purgeTombstones(device: SyncedDevice): Promise<void> {
  const { accountId } = device.sync.account!;
  await server.pool.query("update deleted_records set expires_at = 'epoch' where user_id = $1", [accountId]);
  await server.pool.query("select cleanup_expired_deleted_records()");
}

/** Two devices of an account of its own, with records that both have. */
async function twoDevices(ids: readonly string[]) {
  const [a, b] = await openDevices(server.app, 2, options);
  await notes(a!).putMany(ids.map((id) => ({ id, text: `text of ${id}` })));
  await settle(a!, b!);
  return [a!, b!] as const;
}

describe("CURSOR_EXPIRED: a device comes back after the tombstones were purged", () => {
  async function longAbsence() {
    const [a, b] = await twoDevices(["kept", "gone", "edited"]);
    await notes(a).delete("gone");
    await notes(a).delete("edited");
    await a.sync.syncNow();
    await purgeTombstones(a);
    await notes(b).put({ id: "new", text: "made far away" });
    await notes(b).patch("edited", { more: "edited far away" });
    return [a, b] as const;
  }

  test("5.4 what it cannot prove is hidden and never pushed; its own edits survive", async () => {
    const [a, b] = await longAbsence();
    await b.sync.syncNow();
    expect(kinds(b)).toContain("resync");
    expect(await b.sync.deletions.unconfirmed()).toMatchObject([{ recordId: "gone", reason: "expired" }]);
    expect(await notes(b).get("gone")).toBeUndefined();
    await expectSound(server.app, b);
    await a.sync.syncNow();
    expect(Object.keys(await recordsOf(a)).toSorted()).toEqual(["contacts/edited", "contacts/kept", "contacts/new"]);
    expect(await notes(a).get("edited")).toMatchObject({ text: "text of edited", more: "edited far away" });
    await expectConverged(server.app, [a, b], options);
  });

  test("5.4 forgotten when the person says so, and nothing is left", async () => {
    const [a, b] = await longAbsence();
    await b.sync.syncNow();
    expect(await b.sync.deletions.forget("contacts")).toBe(1);
    expect(await b.sync.deletions.unconfirmed()).toEqual([]);
    expect((await rowsOf(b.openStore, "records")).map(({ recordId }) => recordId)).not.toContain("gone");
    await expectConverged(server.app, [a, b], options);
  });

  test("5.4 kept when the person says so: it is there for everybody", async () => {
    const [a, b] = await longAbsence();
    await b.sync.syncNow();
    expect(await b.sync.deletions.keep("contacts")).toBe(1);
    expect(await notes(b).get("gone")).toEqual({ id: "gone", text: "text of gone" });
    const records = await expectConverged(server.app, [a, b], options);
    expect(records).toHaveProperty("contacts/gone");
  });

  test("an edit of a hidden record brings it back", async () => {
    const [a, b] = await longAbsence();
    await b.sync.syncNow();
    await notes(b).put({ id: "gone", text: "again" });
    const records = await expectConverged(server.app, [a, b], options);
    expect(records).toHaveProperty("contacts/gone");
    expect(await b.sync.deletions.unconfirmed()).toEqual([]);
  });

  test("a deleted record that somebody begins anew is taken as it is, not as a replay", async () => {
    const [a, b] = await longAbsence();
    await notes(a).put({ id: "gone", text: "second life" });
    await a.sync.syncNow();
    await settle(b, a);
    expect(await notes(b).get("gone")).toEqual({ id: "gone", text: "second life" });
    expect(kinds(b)).not.toContain("integrity");
    await expectConverged(server.app, [a, b], options);
  });

  test("the walk is interrupted between any two requests and goes on", async () => {
    for (let at = 1; at <= 4; at += 1) {
      const [a, b] = await longAbsence();
      let requests = 0;
      b.network.fault = () => ((requests += 1) === at ? "drop-request" : null);
      await b.sync.syncNow().catch(() => {});
      b.network.fault = () => null;
      await settle(b, a);
      expect(await b.sync.deletions.unconfirmed()).toHaveLength(1);
      await expectConverged(server.app, [a, b], options);
    }
  });
});

describe("EPOCH_CHANGED", () => {
  /**
   * A dump is taken, work goes on, the dump is restored. With `isExact` the server knows where its history was cut.
   */
  async function restoreBackup(
    devices: readonly SyncedDevice[],
    meanwhile: () => Promise<unknown>,
    { isExact = false } = {},
  ): Promise<TestServer> {
    const copy = await createTestDatabase({ copyOf: server.database });
    closers.push(() => copy.drop());
    await meanwhile();
    if (isExact) await copy.pool.query("select begin_epoch('restored', true)");
    const restored = await startTestServer({ database: copy });
    closers.push(() => restored.close());
    for (const { network } of devices) network.app = restored.app;
    return restored;
  }

  describe.each([true, false])("where it was cut is known: %s", (isExact) => {
    test("S-I14, C-I5: acknowledged changes that were lost come back with their bytes", async () => {
      const [a, b] = await twoDevices(["kept", "changed", "deleted"]);
      const restored = await restoreBackup(
        [a, b],
        async () => {
          await notes(a).patch("changed", { more: "lost" });
          await notes(a).put({ id: "new", text: "lost" });
          await notes(a).delete("deleted");
          await a.sync.syncNow();
        },
        { isExact },
      );
      const lost = (await rowsOf(a.openStore, "records")).filter(({ version }) => version > 3);
      expect(lost).toHaveLength(3);
      await settle(a, b);
      const after = new Map((await rowsOf(b.openStore, "records")).map((row) => [row.recordId, row]));
      for (const { recordId, envelope } of lost) expect(after.get(recordId)?.envelope).toEqual(envelope);
      const records = await expectConverged(restored.app, [a, b], options);
      expect(Object.keys(records)).toEqual(["contacts/changed", "contacts/kept", "contacts/new"]);
      expect(records["contacts/changed"]).toMatchObject({ more: "lost" });
      expect(kinds(a)).not.toContain("integrity");
    });

    test("two devices propose the same again: once, without a conflict", async () => {
      const [a, b] = await twoDevices(["kept", "changed", "deleted"]);
      const restored = await restoreBackup(
        [a, b],
        async () => {
          await notes(a).patch("changed", { more: "lost" });
          await notes(a).delete("deleted");
          await notes(a).put({ id: "new", text: "lost" });
          await settle(a, b);
        },
        { isExact },
      );
      await Promise.all([a.sync.syncNow(), b.sync.syncNow()]);
      const records = await expectConverged(restored.app, [a, b], options);
      expect(Object.keys(records)).toEqual(["contacts/changed", "contacts/kept", "contacts/new"]);
      for (const device of [a, b]) {
        expect((await device.sync.conflicts.list()).filter(({ kind }) => kind !== "proposed_again")).toEqual([]);
        expect(kinds(device)).not.toContain("integrity");
      }
    });

    test("S-I8: what was deleted before the cut is not proposed again", async () => {
      const [a, b] = await twoDevices(["kept", "deleted"]);
      await notes(a).delete("deleted");
      await a.sync.syncNow(); // B does not know yet.
      const restored = await restoreBackup(
        [a, b],
        async () => {
          await notes(a).put({ id: "lost", text: "lost" });
          await a.sync.syncNow();
        },
        { isExact },
      );
      await settle(b, a);
      expect(Object.keys(await expectConverged(restored.app, [a, b], options))).toEqual([
        "contacts/kept",
        "contacts/lost",
      ]);
    });

    test("C-I5: a lost change and one that others made meanwhile are merged, and nothing of either is gone", async () => {
      for (const order of ["lost first", "other first"] as const) {
        const [a, b] = await twoDevices(["r"]);
        const restored = await restoreBackup(
          [a, b],
          async () => {
            await notes(a).patch("r", { text: "lost" });
            await a.sync.syncNow();
          },
          { isExact },
        );
        const edit = async (times: number) => {
          for (let i = 0; i < times; i += 1) {
            await notes(b).patch("r", { more: `other ${i}` });
            await b.sync.syncNow();
          }
        };
        if (order === "other first") await edit(3);
        // A has found out, and is overtaken before it can say it.
        a.network.fault = ({ method }) => (method === "POST" ? "drop-request" : null);
        await a.sync.syncNow().catch(() => {});
        a.network.fault = () => null;
        if (order === "lost first") await edit(3);
        const records = await expectConverged(restored.app, [a, b], options);
        expect(records["contacts/r"]).toEqual({ id: "r", text: "lost", more: "other 2" });
      }
    });

    test("edits that wait go on top, a batch in flight is sealed anew", async () => {
      const [a, b] = await twoDevices(["r", "s"]);
      const restored = await restoreBackup(
        [a, b],
        async () => {
          await notes(a).patch("r", { text: "lost" });
          await a.sync.syncNow();
          await notes(a).patch("r", { more: "waits" });
          await notes(a).delete("s");
          a.network.fault = ({ method }) => (method === "POST" ? "drop-request" : null);
          await a.sync.syncNow().catch(() => {});
          a.network.fault = () => null;
          await notes(a).put({ id: "n", text: "new" });
        },
        { isExact },
      );
      const records = await expectConverged(restored.app, [a, b], options);
      expect(records).toEqual({
        "contacts/n": { id: "n", text: "new" },
        "contacts/r": { id: "r", text: "lost", more: "waits" },
      });
    });

    test("what happened before the cut alone is adopted without a resync", async () => {
      const [a, b] = await twoDevices(["r"]);
      const restored = await restoreBackup(
        [a, b],
        async () => {
          await notes(b).put({ id: "lost", text: "lost" });
          await b.sync.syncNow();
        },
        { isExact },
      );
      if (isExact) {
        await a.sync.syncNow();
        expect(kinds(a)).not.toContain("resync");
      }
      await expectConverged(restored.app, [b, a], options);
    });
  });

  test("an account that was erased and is rebuilt gets everything back, without an alarm (INVALID_CURSOR)", async () => {
    const [a, b] = await twoDevices(["r", "s", "t"]);
    await notes(a).delete("t");
    await settle(a, b);
    await notes(b).patch("s", { more: "waits" });
    const third = await addDevice(server.app, a, options);
    await third.sync.deleteAccount({ password: testPassword });
    await a.sync.syncNow().catch(() => {});
    await a.sync.rebuildAccount({
      password: testPassword,
      recovery: { confirmRecoveryKey: carefulPerson().confirm },
    });
    await a.sync.syncNow();
    await b.sync.syncNow().catch(() => {});
    await b.sync.signIn({ email: b.sync.account!.email, password: testPassword });
    const records = await expectConverged(server.app, [a, b], options);
    expect(Object.keys(records)).toEqual(["contacts/r", "contacts/s"]);
    expect(records["contacts/s"]).toMatchObject({ more: "waits" });
    for (const device of [a, b]) {
      expect(kinds(device)).not.toContain("integrity");
      expect((await collectionOf(device))?.alarm).toBeNull();
    }
  });
});

test("a fresh device does not learn of old tombstones, and may begin their records anew", async () => {
  const [a, b] = await twoDevices(["r"]);
  await notes(a).delete("r");
  await settle(a, b);
  const c = await addDevice(server.app, a, options);
  await c.sync.syncNow();
  await notes(c).put({ id: "r", text: "second life" });
  await c.sync.syncNow();
  const records = await expectConverged(server.app, [a, b, c], options);
  expect(records).toEqual({ "contacts/r": { id: "r", text: "second life" } });
  expect(await c.sync.conflicts.list()).toEqual([]);
});
