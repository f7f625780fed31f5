import type { Lie } from "../server/hostile-server.ts";
import { allOf, answerInstead, isPull, onPage, onStatus } from "../server/lies.ts";
import { type Asked, type Body, refusal } from "../server/message.ts";
import type { World } from "../world/world.ts";
import type { Behaviour } from "./behaviour.ts";
import { pastEnvelope, putRow, rowOf, withoutRow } from "./past.ts";

/** "Begin anew": the words by which a server sends a device back to the beginning, said in vain. M8 and M13. */

const fakeEpoch = "00000000-0000-4000-8000-000000000000";
const hasCursor = (asked: Asked): boolean => isPull(asked) && asked.query.get("cursor") !== "initial";

const expire = answerInstead(hasCursor, () => refusal(410, "CURSOR_EXPIRED"));

/** The epoch in which the victim is, as the server has told it. */
const epochOf = ({ server }: World): string =>
  server.past.findLast(({ asked, answer }) => isPull(asked) && answer.status === 200)!.answer.body.data.epoch;

/** Another epoch that is said to have begun at a version; pages and pushes are of it. */
const changeEpoch = (world: World, version: number | null, epoch = fakeEpoch): Lie => {
  const epochs = [
    { epoch: epochOf(world), version: 0 },
    { epoch, version },
  ];
  return answerInstead(hasCursor, (asked) =>
    asked.query.get("cursor") === "fake"
      ? refusal(400, "INVALID_CURSOR")
      : refusal(410, "EPOCH_CHANGED", { epoch, epochs }),
  );
};

const emptyPage = (page: Body, changes: object = {}): Body => ({
  ...page,
  changes: [],
  deleted: [],
  proof: undefined,
  ...changes,
});

/** The collection as a new device saw it before the newest changes, with its proof: everything in it was true once. */
async function rememberThePast(world: World): Promise<void> {
  const { other, victim } = world;
  const fresh = await world.openDevice();
  await fresh.signIn(world.person);
  await fresh.syncNow();
  await other.patch(world.ids.ada, { notes: "ada third" });
  await other.put({ id: "late", name: "late" });
  await other.syncNow({ prove: true });
  await victim.syncNow();
}

const pastPage = ({ server }: World): Body =>
  server.past.findLast(({ asked, answer }) => isPull(asked) && !hasCursor(asked) && answer.status === 200)!.answer.body
    .data;

const showThePast = (world: World, changes: object = {}): Lie => {
  const past = pastPage(world);
  return allOf(
    onStatus((status) => void (status.head += 1)),
    onPage((_, asked) => (hasCursor(asked) ? undefined : { ...past, ...changes })),
  );
};

export const epochs: readonly Behaviour[] = [
  {
    row: "M13",
    name: "says in vain that the cursor has expired",
    lie: () => expire,
    detects: { events: ["resync:expired"] },
    changes: ["ada", "barbara", "kathleen"],
  },
  {
    row: "M13",
    name: "says for ever that the cursor has expired",
    lie: () => answerInstead(isPull, () => refusal(410, "CURSOR_EXPIRED")),
    detects: { failures: ["CURSOR_EXPIRED"] },
  },
  {
    row: "M13",
    name: "says that the cursor has expired, and shows nothing",
    lie: () =>
      allOf(
        expire,
        onPage((page) => ({ ...page, changes: [], deleted: [] })),
      ),
    detects: { events: ["unconfirmed", "integrity:proof_mismatch"], attention: ["unconfirmed", "integrity"] },
    changes: "hidden",
  },
  {
    row: "M13",
    name: "says that the cursor has expired, shows nothing and keeps the proof back",
    lie: () =>
      allOf(
        expire,
        onPage((page) => emptyPage(page)),
      ),
    detects: { events: ["unconfirmed", "integrity:proof_withheld"], attention: ["unconfirmed", "integrity"] },
    changes: "hidden",
  },
  {
    row: "M6",
    name: "says that the cursor has expired, and replays what it says was purged",
    lie: (world) =>
      allOf(
        expire,
        onPage((page) => {
          const row = rowOf(page, world, "grace");
          if (row === undefined) return;
          withoutRow(page, world, "grace");
          const { envelope, deviceId } = pastEnvelope(world, "grace", 0);
          page.horizon = page.head;
          page.head += 1;
          page.changes.push(putRow(world.ids.grace, page.head, envelope, deviceId));
        }),
      ),
    detects: { events: ["integrity:replayed"], attention: ["integrity"] },
    changes: ["ada", "barbara", "kathleen"],
    decides: "accept",
  },
  {
    row: "M8",
    name: "shows the proved past under an expired cursor and an epoch of its own",
    world: { news: false },
    prepare: rememberThePast,
    lie: (world) =>
      allOf(
        answerInstead(hasCursor, () => refusal(410, "CURSOR_EXPIRED")),
        showThePast(world, { epoch: fakeEpoch }),
      ),
    meet: syncTwice,
    detects: { events: ["integrity"], attention: ["integrity"] },
  },
  {
    row: "M8",
    name: "shows the proved past and says that a new epoch began long after it",
    world: { news: false },
    prepare: rememberThePast,
    lie: (world) => allOf(changeEpoch(world, 1_000_000), showThePast(world, { epoch: fakeEpoch })),
    meet: syncTwice,
    detects: { events: ["resync:epoch", "proposed_again"] },
    mayUpload: "again",
  },
  {
    row: "M8",
    name: "shows the proved past in the same epoch and says that it is another",
    world: { news: false },
    prepare: rememberThePast,
    lie: (world) => allOf(changeEpoch(world, 1_000_000), showThePast(world)),
    meet: syncTwice,
    detects: { events: ["resync:epoch"] },
    mayUpload: "again",
  },
  {
    row: "M13",
    name: "says in vain that the epoch has changed from the beginning",
    lie: (world) => changeEpoch(world, 0),
    detects: { events: ["resync:epoch"] },
    changes: ["ada", "barbara", "kathleen"],
  },
  {
    row: "M13",
    name: "says in vain that the epoch has changed, and not where",
    lie: (world) => changeEpoch(world, null),
    detects: { events: ["resync:epoch"] },
    changes: ["ada", "barbara", "kathleen"],
  },
  {
    row: "M13",
    name: "says that the epoch has changed from the beginning, and shows nothing",
    lie: (world) =>
      allOf(
        changeEpoch(world, 0),
        onPage((page) => emptyPage(page, { epoch: fakeEpoch, head: 0, horizon: 0 })),
      ),
    detects: { events: ["resync:epoch", "proposed_again"] },
    mayUpload: "again",
  },
  {
    row: "M13",
    name: "says that the epoch has changed at the end, and shows nothing",
    lie: (world) =>
      allOf(
        changeEpoch(world, 1_000_000),
        onPage((page) => emptyPage(page, { epoch: fakeEpoch, head: 0, horizon: 0 })),
      ),
    detects: { events: ["resync:epoch", "proposed_again"] },
    mayUpload: "again",
  },
  {
    row: "M13",
    name: "says that the epoch has changed, in a list without end",
    lie: (world) => {
      const epochs = Array.from({ length: 20_000 }, () => ({ epoch: epochOf(world), version: 0 }));
      return answerInstead(hasCursor, () => refusal(410, "EPOCH_CHANGED", { epoch: fakeEpoch, epochs }));
    },
    detects: { code: "INVALID_REPLY" },
    changes: "nothing",
  },
  {
    row: "M13",
    name: "says that the epoch has changed, and tells nothing of it",
    lie: () => answerInstead(hasCursor, () => refusal(410, "EPOCH_CHANGED")),
    detects: { code: "INVALID_REPLY" },
    changes: "nothing",
  },
  {
    row: "M13",
    name: "says for ever that the cursor is none",
    lie: () => answerInstead(isPull, () => refusal(400, "INVALID_CURSOR")),
    detects: { failures: ["INVALID_CURSOR"] },
  },
  {
    row: "M13",
    name: "breaks a record, then says that the cursor has expired and leaves it out",
    async prepare(world) {
      world.server.lie = onPage((page) => {
        const row = rowOf(page, world, "ada");
        if (row !== undefined) row.encrypted_record = Buffer.alloc(358, 1);
      });
      await world.victim.syncNow();
      world.server.lie = null;
    },
    lie: (world) =>
      allOf(
        expire,
        onPage((page) => withoutRow(page, world, "ada")),
      ),
    detects: { attention: ["unreadable", "integrity"] },
  },
  {
    row: "M6",
    name: "shows the truth to whoever looks twice, and the past to whoever repairs",
    lie(world) {
      let walks = 0;
      return onPage((page, asked) => {
        if (hasCursor(asked)) return withoutRow(page, world, "kathleen");
        walks += 1;
        // First the second look, then the repair.
        if (walks < 2) return;
        const row = rowOf(page, world, "ada");
        if (row !== undefined) row.encrypted_record = pastEnvelope(world, "ada", 0).envelope;
      });
    },
    detects: { events: ["integrity:replayed"], attention: ["integrity"] },
    changes: ["ada", "barbara", "kathleen"],
  },
];

async function syncTwice({ victim }: World): Promise<string> {
  await victim.syncNow();
  const { code, failures } = await victim.syncNow();
  return [code, ...failures].join(" ");
}
