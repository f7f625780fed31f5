import { paddedLength, readHeader } from "@owlivion/sync-crypto";
import { expect } from "vitest";
import type { Lie } from "../server/hostile-server.ts";
import { allOf, answerInstead, changeReply, isPull, onlyFor, onPage, onStatus, route } from "../server/lies.ts";
import { type Answer, refusal } from "../server/message.ts";
import type { World } from "../world/world.ts";
import type { Behaviour } from "./behaviour.ts";

/** What a server may do with time, patience, sessions and lists: M8, M11, M12, M15, M17, M19. */

const syncVictimTwice = async ({ victim }: World): Promise<string> => {
  await victim.syncNow();
  const { code, failures } = await victim.syncNow();
  return [code, ...failures].join(" ");
};

/** The clock in every reply is so many years off. */
const clockOff =
  (years: number): Lie =>
  async (_, forward) => {
    const answer = await forward();
    const date = new Date(Date.now() + years * 365 * 24 * 3600 * 1000).toUTCString();
    return { ...answer, headers: { ...answer.headers, date } };
  };

const withWrongClock = (name: string, years: number): Behaviour => ({
  row: "M15",
  name,
  lie: () => clockOff(years),
  meet: syncVictimTwice,
  detects: {},
  changes: ["ada", "barbara", "kathleen"],
  residual: "A server's clock decides which of two edits is the newer",
  async checkHealed({ victim, other, ids }) {
    // An edit made under the wrong clock and one made after it: the later one stays, on both.
    await victim.patch(ids.alan, { notes: "under the wrong clock" });
    await victim.syncNow();
    await other.syncNow();
    await other.patch(ids.alan, { notes: "after it" });
    await other.syncNow();
    await victim.syncNow();
    const shown = (await victim.visible())[`contacts/${ids.alan}`] as { notes: string };
    expect(shown.notes).toBe("after it");
  },
});

/** The victim sees the server of this moment for ever; the others see it as it is. */
function freeze(world: World): Lie {
  let frozen: { head: number } | null = null;
  const hide = allOf(
    onStatus((status) => void (status.head = frozen?.head ?? status.head)),
    onPage((page) => ({ ...page, changes: [], deleted: [] })),
  );
  const { answer } = world.server.past.findLast(
    (each) => route("GET", "/sync/status")(each.asked) && each.asked.deviceId === world.victimId,
  )!;
  frozen = answer.body.data.contacts;
  const status: Lie = async (asked, forward) =>
    route("GET", "/sync/status")(asked) ? answer : await hide(asked, forward);
  return onlyFor(world.victimId, status);
}

export const patience: readonly Behaviour[] = [
  {
    row: "M15",
    name: "asks for patience for ever",
    lie: () => async () => refusal(429, "RATE_LIMITED", undefined, { "retry-after": "999999999" }),
    detects: { code: "RATE_LIMITED" },
    changes: "nothing",
    async check({ victim }) {
      // It shows, for as long as it lasts.
      expect((await victim.account()).status).toMatchObject({ state: "offline", reason: { code: "RATE_LIMITED" } });
    },
  },
  {
    row: "M15",
    name: "says for ever that it is overloaded",
    lie: () => async () => refusal(503, "OVERLOADED"),
    detects: { code: "OVERLOADED" },
    changes: "nothing",
  },
  withWrongClock("says that it is ten years later", 10),
  withWrongClock("says that it is ten years earlier", -10),
  {
    row: "M14",
    name: "says how long history is kept, in a number that is no time",
    world: { news: false },
    lie: () =>
      allOf(
        changeReply(route("GET", "/config"), (data) => void (data.retention.history_days = Number.MAX_SAFE_INTEGER)),
        answerInstead(isPull, () => refusal(410, "HISTORY_EXPIRED")),
      ),
    meet: ({ victim }) => victim.restoreTo(1),
    detects: { code: "HISTORY_EXPIRED" },
    changes: "nothing",
  },
  {
    row: "M17",
    name: "ends the session",
    lie: () => async () => refusal(401, "SESSION_REVOKED"),
    detects: { code: "SESSION_REVOKED" },
    changes: "nothing",
  },
  {
    row: "M17",
    name: "adds a device to the list, and has it write",
    world: { news: false },
    lie: () =>
      changeReply(route("GET", "/devices"), (data) => {
        data.devices.push({
          ...data.devices[0],
          device_id: "00000000-0000-4000-8000-000000000000",
          device_name: "a spy",
        });
      }),
    meet: async ({ victim }) => ((await victim.deviceNames()).includes("a spy") ? "shown" : "hidden"),
    detects: { code: "shown" },
    changes: "nothing",
    residual: "The list of devices is the server's word",
  },
  {
    row: "M17",
    name: "leaves the other device out of the list",
    world: { news: false },
    lie: () => changeReply(route("GET", "/devices"), (data) => void (data.devices = data.devices.slice(0, 1))),
    meet: async ({ victim }) => `${(await victim.deviceNames()).length}`,
    detects: { code: "1" },
    changes: "nothing",
    residual: "The list of devices is the server's word",
  },
  {
    row: "M12",
    name: "waits for addresses in records to be asked for",
    world: { news: false },
    async prepare({ other, ids, server }) {
      await other.patch(ids.ada, { notes: `${server.url}/pixel.png`, photo: `${server.url}/photo.png` } as never);
      await other.syncNow({ prove: true });
    },
    lie: () => (_, forward) => forward(),
    detects: {},
    isHarmless: true,
    changes: ["ada"],
    async check({ server }) {
      const strange = server.past.filter(({ asked }) => !/^\/(auth|sync|account|devices|config)/.test(asked.path));
      expect(strange.map(({ asked }) => asked.path)).toEqual([]);
    },
  },
  {
    row: "M11",
    name: "breaks an envelope in many places and compares what the device then asks for",
    world: { provesNews: false },
    lie: () => (_, forward) => forward(),
    async meet(world) {
      const { server, victimId, ids } = world;
      const asked: string[] = [];
      for (const at of [6, 30, 62, 86, 200, 341, -1]) {
        const fresh = await world.openDevice();
        await fresh.signIn(world.person);
        const from = server.past.length;
        server.lie = onPage((page) => {
          const row = page.changes.find((each: { record_id: string }) => each.record_id === ids.ada);
          const envelope = Buffer.from(row.encrypted_record);
          const index = at < 0 ? envelope.length + at : at;
          envelope[index] = envelope[index]! ^ 0x80;
          row.encrypted_record = envelope;
        });
        await fresh.syncNow();
        server.lie = null;
        asked.push(
          server.past
            .slice(from)
            .filter((each) => each.asked.deviceId !== victimId)
            .map((each) => `${each.asked.method} ${each.asked.path} ${each.asked.bytes.length}`)
            .join(),
        );
      }
      return `${new Set(asked).size} kind of answer`;
    },
    detects: { code: "1 kind of answer" },
    changes: "nothing",
  },
  {
    row: "M19",
    name: "looks at lengths",
    lie: () => (_, forward) => forward(),
    detects: {},
    changes: ["ada", "barbara", "kathleen"],
    residual: "What the server sees",
    async check({ server }) {
      const lengths = server.past
        .filter(({ asked }) => asked.method === "POST" && asked.path.endsWith("/delta"))
        .flatMap(({ asked }) =>
          asked.body.changes.map((change: { encrypted_record: Buffer }) => change.encrypted_record),
        )
        .map((envelope: Buffer) => {
          expect(readHeader(envelope).suite).toBe(1);
          return envelope.length - 102;
        });
      // E-I6: every one of them is a bucket, and the small ones are all in the same.
      expect(lengths.every((length: number) => paddedLength(length) === length)).toBe(true);
      expect(new Set(lengths)).toEqual(new Set([256]));
    },
  },
  {
    row: "M8",
    name: "shows a new device the past, with its proof",
    world: { news: false },
    async prepare(world) {
      const fresh = await world.openDevice();
      await fresh.signIn(world.person);
      await fresh.syncNow();
      await world.other.put({ id: "late", name: "late" });
      await world.other.syncNow({ prove: true });
      await world.victim.syncNow();
    },
    lie: ({ server }) => {
      const { data } = server.past.findLast(
        ({ asked, answer }) => isPull(asked) && asked.query.get("cursor") === "initial" && answer.status === 200,
      )!.answer.body;
      return onPage(() => data);
    },
    async meet(world) {
      const fresh = await world.openDevice();
      await fresh.signIn(world.person);
      await fresh.syncNow();
      expect(Object.keys(await fresh.visible())).not.toContain("contacts/late");
      return await fresh.proofSummary();
    },
    detects: { code: "The collection is exactly what was proved." },
    changes: "nothing",
    residual: "A new device believes an old state",
  },
  {
    row: "M7",
    name: "leaves out what nobody has proved yet",
    world: { provesNews: false },
    lie: (world) =>
      onPage((page) => ({
        ...page,
        changes: page.changes.filter((row: { record_id: string }) => row.record_id !== world.ids.kathleen),
      })),
    async meet(world) {
      await world.victim.syncNow();
      return await world.victim.proofSummary();
    },
    detects: { code: "Verified up to version 10, 3 changes since." },
    changes: ["ada", "barbara"],
    residual: "What nobody has proved may be incomplete",
    // The next proof tells, and the device reads the collection anew.
    async check({ server, other, ids }) {
      server.lie = null;
      await other.patch(ids.alan, { notes: "proved" });
      await other.syncNow({ prove: true });
    },
  },
  {
    row: "M8",
    name: "shows one device the same moment for ever",
    lie: freeze,
    meet: syncVictimTwice,
    detects: {},
    residual: "Devices that never meet",
  },
  {
    row: "M15",
    name: "floods with events of changes that there are not",
    world: { news: false },
    lie: () => answerInstead(route("GET", "/sync/events"), () => eventStream(changeEvent.repeat(floodSize))),
    async meet({ victim, server }) {
      const isEvents = route("GET", "/sync/events");
      const from = server.past.length;
      const seen = () => server.past.slice(from).filter(({ asked }) => isEvents(asked)).length;
      await victim.start();
      await expect.poll(seen).toBeGreaterThan(1);
      await victim.stop();
      // One look for many events, whatever they say.
      const looks = server.past.slice(from).filter(({ asked }) => isPull(asked)).length;
      return looks < (seen() * floodSize) / 4 ? "few looks" : `${looks} looks`;
    },
    detects: { code: "few looks" },
  },
  {
    row: "M15",
    name: "sends events that are none",
    world: { news: false },
    lie: () =>
      answerInstead(route("GET", "/sync/events"), () => eventStream('event: change\ndata: {"version":-1}\n\n')),
    async meet({ victim, server }) {
      const from = server.past.length;
      await victim.start();
      await expect.poll(() => server.past.slice(from).some(({ asked }) => asked.path === "/sync/events")).toBe(true);
      await victim.stop();
      return await syncVictimTwice({ victim } as World);
    },
    detects: {},
    isHarmless: true,
  },
];

const floodSize = 2_000;
const changeEvent =
  `event: change\ndata: {"data_type":"contacts","version":${Number.MAX_SAFE_INTEGER - 1},` +
  `"device_id":"00000000-0000-4000-8000-000000000000"}\n\n`;

const eventStream = (text: string): Answer => ({
  status: 200,
  headers: { "content-type": "text/event-stream" },
  body: Buffer.from(text),
});
