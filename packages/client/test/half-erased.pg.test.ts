import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../server/test/support/server.ts";
import { type Contact, isSyncError, type OpenStore, SyncError, type Sync } from "@owlivion/sync-client";
import { memoryStore } from "@owlivion/sync-client/memory";
import { carefulPerson } from "./support/test-device.ts";
import { openDevice, testPassword } from "./support/people.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const email = () => `person-${crypto.randomUUID()}@example.com`;
const contactsOf = (sync: Sync) => sync.collection<Contact>("contacts");

/** A store that cannot empty one of its tables while the fault is on. */
function stubbornStore() {
  const openInner = memoryStore();
  const fault = { isOn: false };
  const open: OpenStore = async () => {
    const inner = await openInner();
    return new Proxy(inner, {
      get(target, name) {
        const method = Reflect.get(target, name, target) as unknown;
        if (typeof method !== "function") return method;
        if (name !== "write") return method.bind(target) as unknown;
        return async (tables: readonly string[], work: never) => {
          const isErasing = tables.length === 2 && tables[0] === "views" && tables[1] === "meta";
          if (fault.isOn && isErasing) throw new SyncError("STORE_UNREADABLE");
          return await target.write(tables as never, work);
        };
      },
    });
  };
  return { open, fault };
}

async function halfErased() {
  const { open, fault } = stubbornStore();
  const { sync, openStore } = await openDevice(server.app, { openStore: open });
  const person = { email: email(), password: testPassword };
  await sync.signUp({ ...person, confirmRecoveryKey: carefulPerson().confirm });
  const id = await contactsOf(sync).put({ name: "Ada" });
  await sync.syncNow();
  fault.isOn = true;
  await expect(sync.signOut()).rejects.toThrow(expect.objectContaining({ code: "STORE_UNREADABLE" }));
  return { sync, openStore, fault, person, id };
}

test("C-I2: a sign-out that cannot erase everything signs out all the same", async () => {
  const { sync } = await halfErased();
  expect(sync.account).toBeNull();
  expect(sync.status.state).toBe("signed_out");
  await expect(contactsOf(sync).put({ name: "Bob" })).rejects.toSatisfy((error) => isSyncError(error));
});

test("C-I2: signing in again ends the erasing first, and everything is there again", async () => {
  const { sync, fault, person, id } = await halfErased();
  await expect(sync.signIn(person)).rejects.toThrow(expect.objectContaining({ code: "STORE_UNREADABLE" }));
  fault.isOn = false;
  await sync.signIn(person);
  await sync.syncNow();
  expect(await contactsOf(sync).get(id)).toMatchObject({ name: "Ada" });
});

test("C-I5: another tab writes no edit into a store that is being erased", async () => {
  const { openStore, fault, person, sync } = await halfErased();
  // A tab that has not heard of it: it was opened before, and still has the keys.
  fault.isOn = false;
  await sync.signIn(person);
  await sync.syncNow();
  const store = await openStore();
  await store.write(["meta"], (tx) => tx.put("meta", { key: "session/erasing", value: true }));
  await expect(contactsOf(sync).put({ name: "Bob" })).rejects.toThrow(
    expect.objectContaining({ code: "STORE_LOCKED" }),
  );
});
