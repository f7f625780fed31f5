import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Contact } from "@owlivion/sync-client";
import { startTestServer, type TestServer } from "../../server/test/support/server.ts";
import { openDevices } from "./support/people.ts";

let server: TestServer;
beforeAll(async () => void (server = await startTestServer()));
afterAll(() => server.close());

describe("two devices of one person", () => {
  test("an edit on one is there on the other", async () => {
    const [a, b] = await openDevices(server.app, 2);
    const id = await a!.sync.collection<Contact>("contacts").put({ name: "Ada", emails: ["ada@example.com"] });
    await a!.sync.syncNow();
    await b!.sync.syncNow();
    expect(await b!.sync.collection("contacts").list()).toEqual([{ id, name: "Ada", emails: ["ada@example.com"] }]);

    await b!.sync.collection<Contact>("contacts").patch(id, { notes: "met in London" });
    await b!.sync.syncNow();
    await a!.sync.syncNow();
    expect(await a!.sync.collection("contacts").get(id)).toEqual({
      id,
      name: "Ada",
      emails: ["ada@example.com"],
      notes: "met in London",
    });

    await a!.sync.collection("contacts").delete(id);
    await a!.sync.syncNow();
    await b!.sync.syncNow();
    expect(await b!.sync.collection("contacts").list()).toEqual([]);
    expect(b!.sync.status).toMatchObject({ waiting: 0, attention: [] });
  });

  test("edits of different fields made offline both stay (C-I5)", async () => {
    const [a, b] = await openDevices(server.app, 2);
    const [onA, onB] = [a!.sync.collection<Contact>("contacts"), b!.sync.collection<Contact>("contacts")];
    const id = await onA.put({ name: "Grace", emails: ["grace@example.com"] });
    await a!.sync.syncNow();
    await b!.sync.syncNow();
    await onA.patch(id, { notes: "from A" });
    await onB.patch(id, { company: "from B" });
    await a!.sync.syncNow();
    await b!.sync.syncNow();
    await a!.sync.syncNow();
    const merged = { id, name: "Grace", emails: ["grace@example.com"], notes: "from A", company: "from B" };
    expect(await onA.get(id)).toEqual(merged);
    expect(await onB.get(id)).toEqual(merged);
    expect(await b!.sync.conflicts.list()).toEqual([]);
  });

  test("a clash keeps the newer value and puts the other into the journal", async () => {
    const [a, b] = await openDevices(server.app, 2);
    const [onA, onB] = [a!.sync.collection<Contact>("contacts"), b!.sync.collection<Contact>("contacts")];
    const id = await onA.put({ name: "Grace", emails: ["hopper@example.com"] });
    await a!.sync.syncNow();
    await b!.sync.syncNow();
    await onA.patch(id, { notes: "older" });
    await nextMillisecond();
    await onB.patch(id, { notes: "newer" });
    await a!.sync.syncNow();
    await b!.sync.syncNow();
    await a!.sync.syncNow();
    expect((await onA.get(id))?.notes).toBe("newer");
    const [conflict] = await b!.sync.conflicts.list();
    expect(conflict).toMatchObject({ fields: ["notes"], local: { notes: "newer" }, remote: { notes: "older" } });
    await b!.sync.conflicts.resolve(conflict!.id, "remote");
    await b!.sync.syncNow();
    await a!.sync.syncNow();
    expect((await onA.get(id))?.notes).toBe("older");
    expect(await b!.sync.conflicts.list()).toEqual([]);
  });

  test("with nothing to do a sync is one request", async () => {
    const [a, b] = await openDevices(server.app, 2);
    await a!.sync.collection("contacts").put({ name: "Ada" });
    for (const device of [a, b, a, b]) await device!.sync.syncNow();
    for (const { sync, network } of [a!, b!]) {
      const before = network.sent.length;
      await sync.syncNow();
      expect(network.paths.slice(before)).toEqual(["/sync/status"]);
    }
  });

  test("the same contact made on two devices that never met is one record", async () => {
    const [a, b] = await openDevices(server.app, 2);
    const [onA, onB] = [a!.sync.collection<Contact>("contacts"), b!.sync.collection<Contact>("contacts")];
    const id = await onA.put({ name: "Ada", emails: ["ada@example.com"], notes: "A" });
    expect(await onB.put({ name: "Ada", emails: ["ADA@example.com"], company: "B" })).toBe(id);
    for (const device of [a, b, a]) await device!.sync.syncNow();
    expect(await onA.list()).toHaveLength(1);
    expect(await onA.get(id)).toEqual(await onB.get(id));
  });

  test("two people with one address stay two records", async () => {
    const [a, b] = await openDevices(server.app, 2);
    const [onA, onB] = [a!.sync.collection<Contact>("contacts"), b!.sync.collection<Contact>("contacts")];
    await onA.put({ name: "Ada", emails: ["family@example.com"] });
    await onB.put({ name: "Byron", emails: ["family@example.com"] });
    for (const device of [a, b, a]) await device!.sync.syncNow();
    for (const on of [onA, onB]) {
      expect((await on.list({ orderBy: "name" })).map(({ name }) => name)).toEqual(["Ada", "Byron"]);
    }
  });

  test("a lost reply is asked for again: the edit is there once (C-I5, S-I4)", async () => {
    const [a, b] = await openDevices(server.app, 2);
    const onA = a!.sync.collection<Contact>("contacts");
    const id = await onA.put({ name: "Ada" });
    await a!.sync.syncNow();
    await onA.patch(id, { notes: "once" });
    a!.network.failOnce("/sync/contacts/delta", "drop-reply");
    await expect(a!.sync.syncNow()).rejects.toMatchObject({ code: "OFFLINE" });
    await onA.patch(id, { company: "meanwhile" });
    await a!.sync.syncNow();
    await b!.sync.syncNow();
    expect(await b!.sync.collection("contacts").get(id)).toEqual({
      id,
      name: "Ada",
      notes: "once",
      company: "meanwhile",
    });
    expect(await a!.sync.conflicts.list()).toEqual([]);
  });
});

/** Stamps of one millisecond are told apart by the device: older and newer need two. */
async function nextMillisecond(): Promise<void> {
  const start = Date.now();
  while (Date.now() <= start + 1) await new Promise((resolve) => setTimeout(resolve, 1));
}

test("a sync that ends its process proves what it pushed, and the other device verifies it", async () => {
  const [a, b] = await openDevices(server.app, 2);
  await a!.sync.collection("contacts").put({ name: "Ada" });
  await a!.sync.syncNow({ prove: true });
  expect(a!.network.paths.at(-1)).toBe("/sync/contacts/proof");
  await b!.sync.syncNow({ prove: true });
  expect(b!.network.paths).not.toContain("/sync/contacts/proof");
  const before = b!.network.sent.length;
  await b!.sync.syncNow({ prove: true });
  expect(b!.network.paths.slice(before)).toEqual(["/sync/status"]);
});
