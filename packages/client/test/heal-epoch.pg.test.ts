import { limits } from "@owlivion/sync-protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rowsOf, settle } from "./support/household.ts";
import { expectHealed, household, kindsOf, manyIds, type Note, notes } from "./support/healing.ts";
import type { SyncedDevice } from "./support/people.ts";
import { RestorableServer } from "./support/restored-server.ts";

// The server was restored from a backup. What it had acknowledged since comes back from the devices, each in its turn.

let world: RestorableServer;
beforeAll(async () => void (world = await RestorableServer.start()));
afterAll(() => world.close());

/** Edits that are acknowledged one by one: each a revision. */
async function edit(device: SyncedDevice, id: string, texts: readonly string[], field = "text"): Promise<void> {
  for (const text of texts) {
    await notes(device).patch(id, { [field]: text });
    await device.sync.syncNow();
  }
}

const conflictsOf = async ({ sync }: SyncedDevice): Promise<string[]> =>
  (await sync.conflicts.list()).map(({ kind, recordId }) => `${kind} ${recordId}`);

describe.each([true, false])("where it was cut is known: %s", (isExact) => {
  const restore = async (...devices: readonly SyncedDevice[]) => await world.restore(devices, { isExact });

  test("C-I5: many lost revisions and few new ones on what was left are merged, whoever comes first", async () => {
    for (const order of ["those who lost first", "those who were behind first"]) {
      const [a, b] = await household(world.app, 2, ["r", "s"]);
      await world.backUp();
      await edit(a, "r", ["1", "2", "3", "lost"]);
      await edit(a, "s", ["1", "2", "lost"]);
      await restore(a, b);
      const isFirst = order === "those who lost first";
      if (isFirst) await a.sync.syncNow();
      await edit(b, "r", ["after"], "more");
      await edit(b, "s", ["after", "after it"], "more");
      if (!isFirst) await a.sync.syncNow();
      expect(await expectHealed(world.app, a, b)).toEqual(["r", "s"]);
      expect(await notes(b).get("r")).toEqual({ id: "r", text: "lost", more: "after" });
      expect(await notes(b).get("s")).toEqual({ id: "s", text: "lost", more: "after it" });
      for (const device of [a, b]) {
        expect(kindsOf(device)).not.toContain("integrity");
        // What both began from is not known any more: a field that differs may be asked about.
        expect((await conflictsOf(device)).filter((each) => !each.startsWith("fields"))).toEqual([]);
      }
    }
  });

  test("C-I5: an edit that waited on lost revisions, beside another's on what was left", async () => {
    const [a, b] = await household(world.app, 2, ["r"]);
    await world.backUp();
    await edit(a, "r", ["1", "2", "3", "lost"]);
    await notes(a).put({ id: "n", text: "waits" });
    await notes(a).patch("r", { text: "waits" });
    await restore(a, b);
    await edit(b, "r", ["after"], "more");
    expect(await expectHealed(world.app, a, b)).toEqual(["n", "r"]);
    expect(await notes(b).get("r")).toEqual({ id: "r", text: "waits", more: "after" });
  });

  test("C-I5: a lost deletion gives way to what another wrote afterwards, and the journal says so", async () => {
    const [a, b] = await household(world.app, 2, ["r"]);
    await world.backUp();
    await edit(a, "r", ["1", "2", "3"]);
    await notes(a).delete("r");
    await a.sync.syncNow();
    await restore(a, b);
    await edit(b, "r", ["after"], "more");
    expect(await expectHealed(world.app, a, b)).toEqual(["r"]);
    expect(await conflictsOf(a)).toEqual(["edit_kept r"]);
  });

  test("C-I5: an edit made before a lost deletion, by who did not know of it, is not deleted", async () => {
    const [a, b] = await household(world.app, 2, ["r"]);
    await world.backUp();
    await notes(b).patch("r", { more: "apart" });
    await edit(a, "r", ["1", "2", "3"]);
    await notes(a).delete("r");
    await a.sync.syncNow();
    await restore(a, b);
    await b.sync.syncNow();
    expect(await expectHealed(world.app, a, b)).toEqual(["r"]);
    expect(await conflictsOf(a)).toEqual(["edit_kept r"]);
  });

  test("C-I5: an edit made before lost ones, by who did not know of them, is merged", async () => {
    const [a, b] = await household(world.app, 2, ["r"]);
    await world.backUp();
    await notes(b).patch("r", { text: "apart" });
    await edit(a, "r", ["1", "2", "3"]);
    await restore(a, b);
    await b.sync.syncNow();
    expect(await expectHealed(world.app, a, b)).toEqual(["r"]);
    expect(await conflictsOf(a)).toEqual(["fields r"]);
  });

  test("C-I5: an edit that was acknowledged ahead of the cursor, which goes on behind it", async () => {
    const [a, b] = await household(world.app, 2, ["r"]);
    await notes(a).patch("r", { text: "lost" });
    a.network.failOnce("/sync/contacts/delta", "drop-request");
    await a.sync.syncNow().catch(() => {});
    await notes(b).putMany(manyIds(limits.maxPageRows + 10, "n").map((id) => ({ id, text: id })));
    await b.sync.syncNow();
    await world.backUp();
    // The batch in flight is acknowledged, with a part of what came before it; then the network is gone.
    a.network.fault = ({ method, path }) => (method === "GET" && path.includes("/delta") ? "drop-request" : null);
    await a.sync.syncNow().catch(() => {});
    a.network.fault = () => null;
    expect((await rowsOf(a.openStore, "outbox")).length).toBe(0);
    const place = (await rowsOf(a.openStore, "collections"))[0]!;
    const acknowledged = (await rowsOf(a.openStore, "records")).find(({ recordId }) => recordId === "r")!;
    expect(acknowledged.version).toBeGreaterThan(place.position);
    await restore(a, b);
    expect(await expectHealed(world.app, a, b)).toHaveLength(limits.maxPageRows + 11);
    expect(await notes(b).get("r")).toEqual({ id: "r", text: "lost" });
    for (const device of [a, b]) expect(kindsOf(device)).not.toContain("integrity");
  });

  describe("between the resync of a device that proposes again and its upload", () => {
    const make = async (device: SyncedDevice, fields: Note): Promise<void> => {
      await notes(device).put({ id: "n", ...fields });
      await device.sync.syncNow();
    };
    const beforeUpload = ({ network }: SyncedDevice, before: () => Promise<unknown>): void => {
      let isLeft = true;
      network.fault = ({ method, path }) => {
        if (!isLeft || method !== "POST" || !path.includes("/delta")) return null;
        isLeft = false;
        return { before };
      };
    };

    test("C-I5: another makes the lost record anew: both are kept", async () => {
      const [a, b] = await household(world.app, 2, ["r"]);
      await world.backUp();
      await make(a, { text: "lost" });
      await restore(a, b);
      beforeUpload(a, () => make(b, { more: "after" }));
      await a.sync.syncNow();
      expect(await expectHealed(world.app, a, b)).toEqual(["n", "r"]);
      expect(await notes(b).get("n")).toEqual({ id: "n", text: "lost", more: "after" });
    });

    test("C-I5: another makes it anew, and edits it more often: both are kept", async () => {
      const [a, b] = await household(world.app, 2, ["r"]);
      await world.backUp();
      await make(a, { text: "lost" });
      await restore(a, b);
      beforeUpload(a, async () => {
        await make(b, { more: "1" });
        await edit(b, "n", ["2", "after"], "more");
      });
      await a.sync.syncNow();
      expect(await expectHealed(world.app, a, b)).toEqual(["n", "r"]);
      expect(await notes(b).get("n")).toEqual({ id: "n", text: "lost", more: "after" });
    });

    test("C-I5: an edit that waits on top of what was lost keeps all of it", async () => {
      const [a, b] = await household(world.app, 2, ["r"]);
      await world.backUp();
      await make(a, { text: "lost" });
      await notes(a).patch("n", { third: "waits" } as never);
      await restore(a, b);
      beforeUpload(a, () => make(b, { more: "after" }));
      await a.sync.syncNow();
      expect(await expectHealed(world.app, a, b)).toEqual(["n", "r"]);
      expect(await notes(b).get("n")).toEqual({ id: "n", text: "lost", more: "after", third: "waits" });
    });

    test("C-I5: another sends an older end of it again: the newer one is sent on top", async () => {
      const [a, b] = await household(world.app, 2, ["r"]);
      await world.backUp();
      await make(a, { text: "older" });
      await b.sync.syncNow();
      await edit(a, "n", ["newer"]);
      await restore(a, b);
      beforeUpload(a, () => b.sync.syncNow());
      await a.sync.syncNow();
      expect(await expectHealed(world.app, a, b)).toEqual(["n", "r"]);
      expect(await notes(b).get("n")).toEqual({ id: "n", text: "newer" });
      for (const device of [a, b]) {
        expect((await conflictsOf(device)).filter((each) => !each.startsWith("proposed_again"))).toEqual([]);
      }
    });
  });

  test("C-I5: between the refusal of an expired cursor and the first page of the resync: nothing is hidden", async () => {
    const [a, b] = await household(world.app, 2, ["gone", "r"]);
    await world.backUp();
    await edit(a, "r", ["lost"]);
    await notes(a).put({ id: "late", text: "lost" });
    await settle(a, b);
    await notes(b).delete("gone");
    await b.sync.syncNow();
    await world.purgeTombstones();
    let isRefused = false;
    a.network.fault = ({ method, path }) => {
      if (method !== "GET" || !path.includes("/contacts/delta")) return null;
      const before = isRefused;
      isRefused = true;
      return before ? "drop-request" : null;
    };
    await a.sync.syncNow().catch(() => {});
    expect(a.events).toContainEqual({ type: "resync", dataType: "contacts", cause: "expired" });
    a.network.fault = () => null;
    await restore(a, b);
    await a.sync.syncNow();
    expect(await notes(a).get("r")).toEqual({ id: "r", text: "lost" });
    expect(await notes(a).get("late")).toEqual({ id: "late", text: "lost" });
    await expectHealed(world.app, a, b);
    for (const device of [a, b]) expect(kindsOf(device)).not.toContain("integrity");
  });

  describe.each(["the older end first", "the newer end first"])("two devices hold different ends: %s", (order) => {
    const heal = async (older: SyncedDevice, newer: SyncedDevice) => {
      const isOlderFirst = order === "the older end first";
      await (isOlderFirst ? older : newer).sync.syncNow();
      await (isOlderFirst ? newer : older).sync.syncNow();
    };

    test("S-I8, S-I14: an edit, and the deletion after it: it stays deleted", async () => {
      const [a, b, c] = await household(world.app, 3, ["r", "kept"]);
      await world.backUp();
      await edit(a, "r", ["lost"]);
      await b.sync.syncNow();
      await notes(b).delete("r");
      await b.sync.syncNow();
      const tombstone = (await rowsOf(b.openStore, "records")).find(({ kind }) => kind === "tombstone");
      await restore(a, b, c);
      await heal(a, b);
      expect(await expectHealed(world.app, a, b, c)).toEqual(["kept"]);
      const after = (await rowsOf(c.openStore, "records")).find(({ recordId }) => recordId === "r");
      expect(after?.envelope).toEqual(tombstone!.envelope);
      for (const device of [a, b, c]) {
        expect(kindsOf(device)).not.toContain("integrity");
        expect((await conflictsOf(device)).filter((each) => !each.startsWith("proposed_again"))).toEqual([]);
      }
    });

    test("C-I5: an edit, and some edits later a deletion: who cannot tell whether it was known keeps the edit", async () => {
      const [a, b] = await household(world.app, 2, ["r", "kept"]);
      await world.backUp();
      await edit(a, "r", ["1"]);
      await b.sync.syncNow();
      await edit(b, "r", ["2", "3"]);
      await notes(b).delete("r");
      await b.sync.syncNow();
      await restore(a, b);
      await heal(a, b);
      const isOlderFirst = order === "the older end first";
      expect(await expectHealed(world.app, a, b)).toEqual(isOlderFirst ? ["kept"] : ["kept", "r"]);
      const told = (await conflictsOf(a)).filter((each) => !each.startsWith("proposed_again"));
      expect(told).toEqual(isOlderFirst ? [] : ["edit_kept r"]);
    });

    test("S-I14: edits of two lengths: the longer one, once, without a conflict", async () => {
      const [a, b, c] = await household(world.app, 3, ["r"]);
      await world.backUp();
      await edit(a, "r", ["1", "2"]);
      await b.sync.syncNow();
      await edit(b, "r", ["3", "4", "5"]);
      await edit(b, "r", ["lost too"], "more");
      await restore(a, b, c);
      await heal(a, b);
      expect(await expectHealed(world.app, a, b, c)).toEqual(["r"]);
      expect(await notes(c).get("r")).toEqual({ id: "r", text: "5", more: "lost too" });
      for (const device of [a, b, c]) expect(kindsOf(device)).not.toContain("integrity");
    });

    test("S-I8: a record made and deleted after the backup does not come back", async () => {
      const [a, b] = await household(world.app, 2, ["kept"]);
      await world.backUp();
      await notes(a).put({ id: "short", text: "made" });
      await settle(a, b);
      await notes(b).delete("short");
      await b.sync.syncNow();
      await restore(a, b);
      await heal(a, b);
      expect(await expectHealed(world.app, a, b)).toEqual(["kept"]);
      for (const device of [a, b]) expect(kindsOf(device)).not.toContain("integrity");
    });

    test("S-I14: deleted, and made anew: the new life", async () => {
      const [a, b] = await household(world.app, 2, ["r"]);
      await world.backUp();
      await notes(a).delete("r");
      await a.sync.syncNow();
      await b.sync.syncNow();
      await notes(b).put({ id: "r", text: "second life" });
      await b.sync.syncNow();
      await restore(a, b);
      await heal(a, b);
      expect(await expectHealed(world.app, a, b)).toEqual(["r"]);
      expect(await notes(a).get("r")).toEqual({ id: "r", text: "second life" });
    });
  });

  test("who was behind the cut just goes on, with edits that wait", async () => {
    const [a, b] = await household(world.app, 2, ["r"]);
    await world.backUp();
    await edit(a, "r", ["lost"]);
    await notes(b).patch("r", { more: "waits" });
    await notes(b).put({ id: "n", text: "waits" });
    await restore(a, b);
    await a.sync.syncNow();
    await b.sync.syncNow();
    expect(kindsOf(b)).not.toContain("resync");
    expect(await expectHealed(world.app, a, b)).toEqual(["n", "r"]);
    expect(await notes(a).get("r")).toEqual({ id: "r", text: "lost", more: "waits" });
  });

  test("only where nobody knows the cut, what comes back is in the journal", async () => {
    const [a, b] = await household(world.app, 2, ["r"]);
    await world.backUp();
    await notes(a).put({ id: "n", text: "lost" });
    await a.sync.syncNow();
    await restore(a, b);
    await a.sync.syncNow();
    expect(await conflictsOf(a)).toEqual(isExact ? [] : ["proposed_again n"]);
    await a.sync.conflicts.list().then(async ([first]) => {
      if (first !== undefined) await a.sync.conflicts.resolve(first.id, "remote");
    });
    expect(await expectHealed(world.app, a, b)).toEqual(isExact ? ["n", "r"] : ["r"]);
  });

  test("restored twice, the second time while the first was healing", async () => {
    const [a, b, c] = await household(world.app, 3, ["r", "s"]);
    await world.backUp();
    await edit(a, "r", ["1", "lost"]);
    await notes(a).delete("s");
    await a.sync.syncNow();
    await restore(a, b, c);
    a.network.fault = ({ method }) => (method === "POST" ? "drop-reply" : null);
    await a.sync.syncNow().catch(() => {});
    a.network.fault = () => null;
    await edit(c, "r", ["after"], "more");
    await restore(a, b, c);
    await notes(b).put({ id: "n", text: "behind" });
    await b.sync.syncNow();
    expect(await expectHealed(world.app, a, b, c)).toEqual(["n", "r"]);
    expect(await notes(b).get("r")).toEqual({ id: "r", text: "lost", more: "after" });
    for (const device of [a, b, c]) expect(kindsOf(device)).not.toContain("integrity");
  });
});
