import { memoryStore } from "@owlivion/sync-client/memory";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../server/test/support/server.ts";
import { openDevice, openDevices, testPassword } from "./support/people.ts";

let server: TestServer;
beforeAll(async () => void (server = await startTestServer()));
afterAll(() => server.close());

test("what the syncing tab has sent waits in no other tab", async () => {
  const openStore = memoryStore();
  const [syncer] = await openDevices(server.app, 1, { openStore });
  const other = await openDevice(server.app, { openStore });
  await other.sync.collection("contacts").put({ name: "Ada" });
  await expect.poll(() => [syncer!.sync.status.waiting, other.sync.status.waiting]).toEqual([1, 1]);
  await syncer!.sync.syncNow();
  await expect.poll(() => [syncer!.sync.status.waiting, other.sync.status.waiting]).toEqual([0, 0]);
  await Promise.all([syncer!.sync.close(), other.sync.close()]);
});

test("C-I7: a tab that syncs goes on when another one has signed in again", async () => {
  const [first, other] = await openDevices(server.app, 2);
  const email = first!.sync.account!.email;
  const second = await openDevice(server.app, { openStore: first!.openStore });
  first!.sync.start();
  await first!.sync.syncNow();
  second.sync.start();
  const newPassword = "another long secret of the tests";
  await other!.sync.changePassword({ password: testPassword, newPassword });
  await first!.sync.collection("contacts").put({ name: "Ada" });
  await expect.poll(() => first!.sync.account?.endedBy).not.toBeNull();
  await second.sync.signIn({ email, password: newPassword });
  await expect.poll(() => second.sync.status.waiting).toBe(0);
  await first!.sync.close();
  await second.sync.close();
});

test("C-I7: and so does one when another has unlocked", async () => {
  const [first] = await openDevices(server.app, 1);
  const second = await openDevice(server.app, { openStore: first!.openStore });
  first!.sync.start();
  await second.sync.lock();
  await expect.poll(() => first!.sync.status.state).toBe("locked");
  await second.sync.unlock({ password: testPassword });
  await expect.poll(() => first!.sync.status.state).not.toBe("locked");
  await second.sync.collection("contacts").put({ name: "Ada" });
  await expect.poll(() => second.sync.status.waiting).toBe(0);
  await first!.sync.close();
  await second.sync.close();
});

test("the progress of a first download ends with everything", async () => {
  const [source, fresh] = await openDevices(server.app, 2);
  const contacts = Array.from({ length: 1500 }, (_, i) => ({ name: `Contact ${i}` }));
  await source!.sync.collection("contacts").putMany(contacts);
  await source!.sync.syncNow();
  const counts: number[] = [];
  fresh!.sync.onStatus((status) => {
    if (status.state === "syncing" && status.progress?.dataType === "contacts") counts.push(status.progress.records);
  });
  await fresh!.sync.syncNow();
  expect([...new Set(counts)]).toEqual([1000, 1500]);
  await Promise.all([source!.sync.close(), fresh!.sync.close()]);
});
