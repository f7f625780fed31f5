import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { memoryStore } from "@owlivion/sync-client/memory";
import { finishErasure, markForErasure } from "../../server/src/account/erase-account.ts";
import { crashingStore } from "./support/crashing-store.ts";
import { rowsOf } from "./support/household.ts";
import { accountOf, expectHealed, household, kindsOf, notes, notesOnly } from "./support/healing.ts";
import { openDevice, type SyncedDevice, testPassword } from "./support/people.ts";
import { RestorableServer } from "./support/restored-server.ts";
import { carefulPerson } from "./support/test-device.ts";

// The server has nothing of the account any more. An unlocked device makes it again, and the devices bring everything back.

let world: RestorableServer;
beforeAll(async () => void (world = await RestorableServer.start()));
afterAll(() => world.close());

const rebuild = async ({ sync }: SyncedDevice): Promise<void> =>
  await sync.rebuildAccount({ password: testPassword, recovery: { confirmRecoveryKey: carefulPerson().confirm } });

async function signInAgain({ sync }: SyncedDevice): Promise<void> {
  await sync.syncNow().catch(() => {});
  await sync.signIn({ email: sync.account!.email, password: testPassword });
}

describe.each(["the account was erased by the operator", "the server was wiped"])("%s", (what) => {
  const loseEverything = async (...devices: readonly SyncedDevice[]): Promise<void> => {
    if (what === "the server was wiped") return await world.wipe(devices);
    await markForErasure(world.server.pool, accountOf(devices[0]!));
    await finishErasure(world.server.pool, accountOf(devices[0]!));
  };

  test("C-I5, S-I14: everything is there again, byte for byte, and edits that waited go out", async () => {
    const [a, b] = await household(world.app, 2, ["r", "s", "gone"]);
    await notes(a).delete("gone");
    await a.sync.syncNow();
    await b.sync.syncNow();
    await notes(b).patch("s", { more: "waits at B" });
    await notes(b).put({ id: "n", text: "made at B" });
    await notes(a).delete("r");
    const before = (await rowsOf(a.openStore, "records")).find(({ recordId }) => recordId === "s")!;
    const id = accountOf(a);
    await loseEverything(a, b);

    // Nothing that the server says is taken for an empty account.
    await expect(a.sync.syncNow()).rejects.toThrow();
    expect(await notes(a).count()).toBe(1);
    await rebuild(a);
    expect(accountOf(a)).toBe(id);
    await a.sync.syncNow();
    const after = (await rowsOf(a.openStore, "records")).find(({ recordId }) => recordId === "s")!;
    expect(after.envelope).toEqual(before.envelope);
    expect(after.version).toBeGreaterThan(0);
    await signInAgain(b);
    expect(await expectHealed(world.app, a, b)).toEqual(["n", "s"]);
    expect(await notes(a).get("s")).toEqual({ id: "s", text: "text of s", more: "waits at B" });
    for (const device of [a, b]) expect(kindsOf(device)).not.toContain("integrity");
  });

  test("what was sent again is told record by record, and answered at once", async () => {
    const [a] = await household(world.app, 1, ["r", "s", "t"]);
    await loseEverything(a!);
    await rebuild(a!);
    await a!.sync.syncNow();
    const told = await a!.sync.conflicts.list();
    expect(told.map(({ kind, recordId }) => `${kind} ${recordId}`).toSorted()).toEqual(
      ["r", "s", "t"].map((id) => `proposed_again ${id}`),
    );
    const ids = told.map(({ id }) => id);
    expect(await a!.sync.conflicts.resolveMany([...ids.slice(1), ids[1]!, "nothing of that name"], "local")).toBe(2);
    expect(await a!.sync.conflicts.resolveMany(ids, "remote")).toBe(1);
    expect(await a!.sync.conflicts.list()).toEqual([]);
    expect(await notes(a!).count()).toBe(2);
  });

  test("C-I5: by the device that knew less; the other one brings the rest", async () => {
    const [a, b] = await household(world.app, 2, ["r", "s", "t"]);
    for (const text of ["1", "2", "3"]) {
      await notes(a).patch("r", { text });
      await a.sync.syncNow();
    }
    await notes(a).put({ id: "n", text: "only A" });
    await notes(a).delete("t");
    await a.sync.syncNow();
    await loseEverything(a, b);
    await rebuild(b);
    await b.sync.syncNow();
    await notes(b).patch("r", { more: "after" });
    await b.sync.syncNow();
    await signInAgain(a);
    expect(await expectHealed(world.app, b, a)).toEqual(["n", "r", "s"]);
    expect(await notes(b).get("r")).toEqual({ id: "r", text: "3", more: "after" });
    for (const device of [a, b]) expect(kindsOf(device)).not.toContain("integrity");
  });

  test("both rebuild at once: it is one account", async () => {
    const [a, b] = await household(world.app, 2, ["r"]);
    await loseEverything(a, b);
    for (const { sync } of [a, b]) await sync.syncNow().catch(() => {});
    await Promise.all([rebuild(a), rebuild(b)]);
    await Promise.all([a.sync.syncNow(), b.sync.syncNow()]);
    expect(accountOf(a)).toBe(accountOf(b));
    expect(await expectHealed(world.app, a, b)).toEqual(["r"]);
  });

  test("the network fails on the way: the same call again, and nothing is doubled", async () => {
    const [a] = await household(world.app, 1, ["r", "s"]);
    await loseEverything(a);
    await a.sync.syncNow().catch(() => {});
    a.network.failOnce("/auth/register", "drop-reply");
    await rebuild(a).catch(async () => await rebuild(a));
    a.network.failOnce("/sync/contacts/delta", "drop-reply");
    await a.sync.syncNow().catch(() => {});
    expect(await expectHealed(world.app, a)).toEqual(["r", "s"]);
  });
});

test("C-I5: a crash within the first sync after it: everything is sent again", async () => {
  const [first] = await household(world.app, 1, ["r", "s"]);
  for (let at = 1, isOver = false; !isOver; at += 3) {
    expect(at).toBeLessThan(100);
    const store = crashingStore(memoryStore());
    const options = { ...notesOnly, openStore: store.open };
    const device = await openDevice(world.app, options);
    await device.sync.signIn({ email: first.sync.account!.email, password: testPassword });
    await device.sync.syncNow();
    await markForErasure(world.server.pool, accountOf(first));
    await finishErasure(world.server.pool, accountOf(first));
    await rebuild(device);
    store.crashAt(at);
    await device.sync.syncNow().catch(() => {});
    isOver = !store.isCrashed;
    await store.restart();
    const again = await openDevice(world.app, { ...options, network: device.network });
    await again.sync.syncNow();
    expect(await rowsOf(again.openStore, "outbox"), `after a crash at ${at}`).toEqual([]);
    const records = await rowsOf(again.openStore, "records");
    expect(
      records.map(({ recordId, version }) => [recordId, version > 0]),
      `after a crash at ${at}`,
    ).toEqual([
      ["r", true],
      ["s", true],
    ]);
  }
}, 60_000);
