import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Contact, defineDataType, type Preference } from "@owlivion/sync-client";
import { startTestServer, type TestServer } from "../../server/test/support/server.ts";
import { expectConverged, reopen, rowsOf, settle } from "./support/household.ts";
import { impatientClock } from "./support/impatient-clock.ts";
import { openDevice, openDevices, type SyncedDevice, testPassword } from "./support/people.ts";

// Which record is which, and which value stays.

let server: TestServer;
beforeAll(async () => void (server = await startTestServer()));
afterAll(() => server.close());

const contacts = ({ sync }: SyncedDevice) => sync.collection<Contact>("contacts");
const prefs = ({ sync }: SyncedDevice) => sync.collection<Preference>("preferences");
const family = ["family@example.com"];

describe("natural keys and slots (DESIGN 6)", () => {
  test("a slot that another record takes in the same page is not given to ours: nothing is lost", async () => {
    const [a, b] = await openDevices(server.app, 2);
    await contacts(a!).put({ name: "Ada", emails: family });
    await contacts(a!).put({ name: "Alan", emails: family });
    await contacts(b!).put({ name: "Byron", emails: family });
    await a!.sync.syncNow();
    const records = await expectConverged(server.app, [b!, a!]);
    const names = Object.values(records).map((record) => (record as Contact).name);
    expect(names.toSorted()).toEqual(["Ada", "Alan", "Byron"]);
  });

  test("three devices with three people each, of one address: nine records", async () => {
    const devices = await openDevices(server.app, 3);
    for (const [i, device] of devices.entries()) {
      for (const j of [0, 1, 2]) await contacts(device).put({ name: `Person ${i}${j}`, emails: family });
    }
    const records = await expectConverged(server.app, devices);
    expect(Object.keys(records)).toHaveLength(9);
  });

  test("deleted and made again before anybody knows, it is the same record", async () => {
    const [a, b] = await openDevices(server.app, 2);
    const id = await prefs(a!).put({ key: "theme", value: "dark" });
    await settle(a!, b!);
    await prefs(a!).delete(id);
    expect(await prefs(a!).put({ key: "theme", value: "light" })).toBe(id);
    await prefs(b!).put({ key: "theme", value: "blue" });
    const records = await expectConverged(server.app, [a!, b!], { of: ["preferences"] });
    expect(Object.keys(records)).toHaveLength(1);
  });

  test("a person of a second slot is found again after the first was deleted, also by a device that never knew it", async () => {
    const [a, b] = await openDevices(server.app, 2);
    const first = await contacts(a!).put({ name: "Ada", emails: family });
    const second = await contacts(a!).put({ name: "Byron", emails: family });
    expect(second).not.toBe(first);
    await a!.sync.syncNow();
    await contacts(a!).delete(first);
    await a!.sync.syncNow();
    expect(await contacts(a!).put({ name: "Byron", emails: family, notes: "from A" })).toBe(second);
    await b!.sync.syncNow();
    expect(await contacts(b!).put({ name: "Byron", emails: family, company: "from B" })).toBe(second);
    const records = await expectConverged(server.app, [a!, b!]);
    expect(Object.values(records)).toMatchObject([{ name: "Byron", notes: "from A", company: "from B" }]);
  });

  test("moved while a batch is in flight, with an edit on top: every word arrives", async () => {
    const [a, b] = await openDevices(server.app, 2);
    const id = await contacts(b!).put({ name: "Byron", emails: family });
    b!.network.failOnce("/sync/contacts/delta", "drop-request");
    await b!.sync.syncNow().catch(() => {});
    b!.network.fault = ({ method }) => (method === "POST" ? "drop-request" : null);
    await b!.sync.syncNow().catch(() => {});
    b!.network.fault = () => null;
    expect(await rowsOf(b!.openStore, "batches")).toHaveLength(1);
    await contacts(b!).patch(id, { notes: "on top" });
    await contacts(a!).put({ name: "Ada", emails: family });
    await a!.sync.syncNow();
    const records = await expectConverged(server.app, [b!, a!]);
    expect(Object.values(records).map((record) => [(record as Contact).name, (record as Contact).notes])).toEqual(
      expect.arrayContaining([
        ["Ada", undefined],
        ["Byron", "on top"],
      ]),
    );
    expect(b!.events.map(({ type }) => type)).toContain("moved");
  });
});

describe("defaults (R9)", () => {
  test("never win over what somebody wrote, whoever comes first and whatever the clock says", async () => {
    for (const first of [0, 1]) {
      const [a, b] = await openDevices(server.app, 2);
      await prefs(a!).put({ key: "theme", value: "chosen" });
      await prefs(b!).putDefault({ key: "theme", value: "default" });
      await (first === 0 ? settle(a!, b!) : settle(b!, a!));
      const records = await expectConverged(server.app, [a!, b!], { of: ["preferences"] });
      expect(Object.values(records)).toMatchObject([{ key: "theme", value: "chosen" }]);
    }
  });

  test("do not replace an older choice that is there already", async () => {
    const [a, b] = await openDevices(server.app, 2);
    await prefs(a!).put({ key: "theme", value: "chosen" });
    await settle(a!, b!);
    await prefs(b!).putDefault({ key: "theme", value: "default" });
    const records = await expectConverged(server.app, [a!, b!], { of: ["preferences"] });
    expect(Object.values(records)).toMatchObject([{ value: "chosen" }]);
  });
});

describe("a clock that is ten years off", () => {
  const years = (count: number) => count * 365.25 * 86_400_000;

  /** A device with the right clock and one with a wrong one, in a time of their own. */
  async function twoClocks(off: number) {
    const time = { now: Date.now() };
    const optionsOf = (offset: number) => ({
      ports: { clock: { schedule: impatientClock.schedule, now: () => time.now + offset } },
    });
    const [right] = await openDevices(server.app, 1, optionsOf(0));
    const wrong = await openDevice(server.app, optionsOf(years(off)));
    for (const { network } of [right!, wrong]) network.serverNow = () => time.now;
    await wrong.sync.signIn({ email: right!.sync.account!.email, password: testPassword });
    await settle(wrong, right!);
    return { time, right: right!, wrong, wrongOptions: optionsOf(years(off)) };
  }

  test.each([-10, 10])("%i years: corrected by the server's, so that the later edit wins", async (off) => {
    const { time, right, wrong } = await twoClocks(off);
    for (const [first, second] of [
      [right, wrong],
      [wrong, right],
    ] as const) {
      await settle(first, second);
      await prefs(first).put({ key: "theme", value: `earlier ${time.now}` });
      time.now += 5_000;
      const value = `later ${time.now}`;
      await prefs(second).put({ key: "theme", value });
      time.now += 5_000;
      await settle(first, second);
      for (const device of [first, second]) expect(await prefs(device).list()).toMatchObject([{ value }]);
    }
  });

  test.each([-10, 10])("%i years, restarted without the network: still corrected", async (off) => {
    const { time, wrong, wrongOptions } = await twoClocks(off);
    await expect
      .poll(async () => (await rowsOf(wrong.openStore, "meta")).map(({ key }) => key))
      .toContain("clock_offset");
    const again = await reopen(server.app, wrong, wrongOptions);
    again.network.fault = () => "drop-request";
    await prefs(again).put({ key: "theme", value: "offline" });
    const [view] = await rowsOf(again.openStore, "views");
    expect(Math.abs(view!.stamps["value"]!.wallMs - time.now)).toBeLessThan(60_000);
  });
});

test("a data type's schema flags what comes from elsewhere, and drops nothing", async () => {
  const strict = defineDataType<{ n?: number }>({
    name: "contacts",
    validate: {
      "~standard": {
        version: 1,
        vendor: "test",
        validate: (value) =>
          typeof (value as { n?: unknown }).n === "number"
            ? { value }
            : { issues: [{ message: "n must be a number" }] },
      },
    },
  });
  const [a] = await openDevices(server.app, 1, { dataTypes: [defineDataType({ name: "contacts" })] as never });
  await a!.sync.collection("contacts").put({ id: "r", n: "seven" });
  await a!.sync.syncNow();
  const b = await openDevice(server.app, { dataTypes: [strict] as never });
  await b.sync.signIn({ email: a!.sync.account!.email, password: testPassword });
  await b.sync.syncNow();
  expect(await b.sync.collection("contacts").get("r")).toEqual({ id: "r", n: "seven" });
  expect(await b.sync.collection("contacts").state("r")).toMatchObject({ problem: "n must be a number" });
  await expect(b.sync.collection("contacts").put({ id: "s", n: "x" })).rejects.toMatchObject({
    code: "INVALID_RECORD",
  });
});
