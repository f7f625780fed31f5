import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { collectionOf, settle } from "./support/household.ts";
import { expectHealed, household, kindsOf, notes, prove } from "./support/healing.ts";
import type { SyncedDevice } from "./support/people.ts";
import { RestorableServer } from "./support/restored-server.ts";

// R19, R23: head proofs across cuts and purges. An honest server that was restored raises no alarm.

let world: RestorableServer;
beforeAll(async () => void (world = await RestorableServer.start()));
afterAll(() => world.close());

const verifiedOf = async (device: SyncedDevice) => (await collectionOf(device))?.verified?.version ?? null;
const alarmsOf = async (...devices: readonly SyncedDevice[]) =>
  (await Promise.all(devices.map(async ({ sync }) => await sync.integrity.list()))).flat();

describe.each([true, false])("where it was cut is known: %s", (isExact) => {
  test("R23 an adopted epoch: the old proof still holds, and a new one is made in the new epoch", async () => {
    const [a, b] = await household(world.app, 2, ["r", "s"]);
    await prove(world.server.database, a);
    await world.backUp();
    await world.restore([a, b], { isExact });
    await settle(a, b);
    expect(kindsOf(b)).not.toContain("resync");
    expect(await alarmsOf(a, b)).toEqual([]);
    expect(await verifiedOf(b)).toBe((await collectionOf(b))!.position);
    await notes(b).patch("r", { more: "in the new epoch" });
    await settle(b, a);
    await prove(world.server.database, b);
    await settle(a, b);
    expect(await verifiedOf(a)).toBe((await collectionOf(a))!.position);
    expect(await alarmsOf(a, b)).toEqual([]);
    expect(await expectHealed(world.app, a, b)).toEqual(["r", "s"]);
  });

  test("R23 a proof that the restore lost is not taken for withheld, by whoever had seen it", async () => {
    const [a, b, c] = await household(world.app, 3, ["r", "s"]);
    await prove(world.server.database, a);
    await world.backUp();
    await notes(a).patch("r", { text: "lost" });
    await notes(a).delete("s");
    await settle(a, b);
    await prove(world.server.database, b);
    await a.sync.syncNow();
    await world.restore([a, b, c], { isExact });
    await settle(c, b, a);
    expect(await alarmsOf(a, b, c)).toEqual([]);
    await prove(world.server.database, c);
    await settle(a, b, c);
    expect(await verifiedOf(a)).toBe((await collectionOf(a))!.position);
    expect(await expectHealed(world.app, a, b, c)).toEqual(["r"]);
    for (const device of [a, b, c]) expect(kindsOf(device)).not.toContain("integrity");
  });
});

describe("records that a resync hides (5.4)", () => {
  /** B was away while `gone` and `edited` were deleted and their tombstones purged. */
  async function longAbsence() {
    const [a, b, c] = await household(world.app, 3, ["kept", "gone", "edited", "mine"]);
    await notes(a).delete("gone");
    await notes(a).delete("edited");
    await a.sync.syncNow();
    await c.sync.syncNow();
    await world.purgeTombstones();
    await notes(a).put({ id: "late", text: "after" });
    await settle(a, c);
    await notes(b).patch("edited", { more: "waits" });
    await notes(b).put({ id: "own", text: "never sent" });
    await notes(b).delete("mine");
    return [a, b, c] as const;
  }

  test("are forgotten by another's proof; what was never sent, edited or deleted here goes out", async () => {
    const [a, b, c] = await longAbsence();
    await b.sync.syncNow();
    expect((await b.sync.deletions.unconfirmed()).map(({ recordId }) => recordId)).toEqual(["gone"]);
    await settle(a, c, b);
    await prove(world.server.database, c);
    await b.sync.syncNow();
    expect(await b.sync.deletions.unconfirmed()).toEqual([]);
    expect(await expectHealed(world.app, a, b, c)).toEqual(["edited", "kept", "late", "own"]);
  });

  test("kept, they go to everybody, and the next proof is of them too", async () => {
    const [a, b, c] = await longAbsence();
    await b.sync.syncNow();
    expect(await b.sync.deletions.keep("contacts", { recordIds: ["gone"] })).toBe(1);
    await settle(b, a, c);
    await prove(world.server.database, a);
    await settle(b, c);
    expect(await alarmsOf(a, b, c)).toEqual([]);
    expect(await expectHealed(world.app, a, b, c)).toEqual(["edited", "gone", "kept", "late", "own"]);
  });

  test("stay hidden across a restore, until somebody decides; whoever saw the deletion decides too", async () => {
    for (const isExact of [true, false]) {
      const [a, b, c] = await longAbsence();
      await b.sync.syncNow();
      await world.backUp();
      await notes(a).patch("kept", { more: "lost" });
      await settle(a, b, c);
      await world.restore([a, b, c], { isExact });
      await settle(b, a, c);
      // Where nobody knows the cut, the deletion itself may have been lost: it is sent again, and B takes it.
      const hidden = (await b.sync.deletions.unconfirmed()).map(({ recordId }) => recordId);
      expect(hidden).toEqual(isExact ? ["gone"] : []);
      expect(await b.sync.deletions.forget("contacts")).toBe(hidden.length);
      expect(await expectHealed(world.app, a, b, c)).toEqual(["edited", "kept", "late", "own"]);
      expect(await alarmsOf(a, b, c)).toEqual([]);
    }
  });
});
