import { allOf, answerInstead, changeReply, isPull, isPush, onPage, onPushReply, onStatus } from "../server/lies.ts";
import { type Body, refusal } from "../server/message.ts";
import type { Lie } from "../server/hostile-server.ts";
import type { World } from "../world/world.ts";
import type { Behaviour } from "./behaviour.ts";
import { pastEnvelope, putRow } from "./past.ts";
import { headOf, pretendToStore } from "./rollbacks.ts";

/** What a server says of an upload, and what it really did: M15. The victim has an edit of grace that waits. */

const birthday = "1906-12-09";

const withEdit = (others: Readonly<Record<string, unknown>>, { ids }: World): Record<string, unknown> => {
  const key = `contacts/${ids.grace}`;
  return { ...others, [key]: { ...(others[key] as object), birthday } };
};

/** The edit is there, whatever the server said: to be seen, and to be sent. */
async function expectEditKept(world: World): Promise<void> {
  const grace = (await world.victim.visible())[`contacts/${world.ids.grace}`] as { birthday?: string };
  if (grace.birthday !== birthday) throw new Error("the edit is lost");
}

const onUpload = (
  name: string,
  lie: Behaviour["lie"],
  detects: Behaviour["detects"],
  more: Partial<Behaviour> = {},
): Behaviour => ({
  row: "M15",
  name,
  world: { news: false },
  prepare: ({ victim, ids }) => victim.patch(ids.grace, { birthday }),
  lie,
  detects,
  mayUpload: "waiting",
  check: expectEditKept,
  wanted: withEdit,
  ...more,
});

const syncTwice = async ({ victim }: World): Promise<string> => {
  await victim.syncNow();
  const { code, failures } = await victim.syncNow();
  return [code, ...failures].join(" ");
};

/** The real server stores it, and the device hears something else. */
const storeAndSay =
  (change: (reply: Body, world: World) => void) =>
  (world: World): Lie =>
    onPushReply((reply) => change(reply, world));

function sayConflict(reply: Body, world: World, current: Body): void {
  const conflict = { index: 0, record_id: world.ids.grace, reason: "STALE", current };
  Object.assign(reply, { processed_count: 0, conflict_count: 1, conflicts: [conflict] });
  Object.assign(reply.results[0], { status: "conflict", version: undefined, changed_at: undefined });
}

const olderGrace = (world: World, version: number): Body => {
  const { envelope, deviceId } = pastEnvelope(world, "grace", -2);
  return putRow(world.ids.grace, version, envelope, deviceId);
};

export const pushes: readonly Behaviour[] = [
  onUpload(
    "acknowledges an edit and stores nothing",
    (world) => pretendToStore(() => headOf(world)),
    { events: ["integrity:head_went_back"], attention: ["integrity"] },
    { meet: syncTwice },
  ),
  onUpload(
    "acknowledges an edit under the greatest version there is",
    storeAndSay((reply) => {
      reply.version = Number.MAX_SAFE_INTEGER;
      reply.results[0].version = Number.MAX_SAFE_INTEGER;
    }),
    { events: ["integrity:head_went_back"], attention: ["integrity"] },
    { meet: syncTwice },
  ),
  onUpload(
    "stores an edit and says that nothing stands there",
    storeAndSay((reply, world) => sayConflict(reply, world, null)),
    {},
  ),
  onUpload(
    "stores an edit and says that an older revision stands there",
    storeAndSay((reply, world) => sayConflict(reply, world, olderGrace(world, reply.version))),
    {},
    { check: expectEditKept },
  ),
  onUpload(
    "stores an edit and fails",
    () => async (asked, forward) => {
      const answer = await forward();
      return isPush(asked) ? refusal(500, "INTERNAL_ERROR") : answer;
    },
    { code: "INTERNAL_ERROR" },
  ),
  onUpload(
    "finds a conflict with nothing for ever",
    (world) => async (asked, forward) => {
      if (!isPush(asked)) return await forward();
      const conflicts = [{ index: 0, record_id: world.ids.grace, reason: "STALE", current: null }];
      const results = [{ record_id: world.ids.grace, status: "conflict" }];
      const { epoch, cursor } = asked.body;
      const counts = { processed_count: 0, conflict_count: 1, conflicts, results };
      const delta = { changes: [], deleted: [], has_more: false };
      const data = { data_type: "contacts", version: headOf(world), epoch, ...counts, delta, next_cursor: cursor };
      return {
        status: 200,
        headers: { "content-type": "application/cbor" },
        body: { success: true, data: { ...data, synced_at: new Date().toISOString() } },
      };
    },
    {},
    {
      async check(world) {
        await expectEditKept(world);
        const pushed = world.server.past.filter(({ asked }) => isPush(asked) && asked.deviceId === world.victimId);
        if (pushed.length > 20) throw new Error(`sent ${pushed.length} times`);
        const { status } = await world.victim.account();
        if (status.waiting !== 1) throw new Error("nobody is told that the edit waits");
      },
    },
  ),
  onUpload(
    "answers for another record than was sent",
    storeAndSay((reply, { ids }) => void (reply.results[0].record_id = ids.ada)),
    { code: "INVALID_REPLY" },
  ),
  onUpload(
    "answers for fewer changes than were sent",
    storeAndSay((reply) => void (reply.results = [])),
    {
      code: "INVALID_REPLY",
    },
  ),
  onUpload(
    "answers for another collection",
    storeAndSay((reply) => void (reply.data_type = "preferences")),
    {
      code: "INVALID_REPLY",
    },
  ),
  onUpload("says that the account is full", () => answerInstead(isPush, () => refusal(413, "QUOTA_EXCEEDED")), {
    attention: ["quota"],
  }),
  onUpload(
    "refuses every change for good",
    () => answerInstead(isPush, () => refusal(400, "INVALID_CHANGES", [{ index: 0, code: "INVALID_CHANGE" }])),
    { events: ["edit_held:INVALID_CHANGE"], attention: ["edits_held"] },
  ),
  onUpload("says that the keys are outdated", () => answerInstead(isPush, () => refusal(409, "KEY_EPOCH_OUTDATED")), {
    failures: ["KEY_EPOCH_OUTDATED"],
  }),
  onUpload(
    "says that the batch was another one",
    () => answerInstead(isPush, () => refusal(422, "IDEMPOTENCY_KEY_REUSED")),
    { failures: ["IDEMPOTENCY_KEY_REUSED"] },
  ),
  onUpload(
    "stores an edit and gives the cursor of another collection",
    (world) => {
      const cursor = () =>
        world.server.past.findLast(
          ({ asked, answer }) => asked.path === "/sync/preferences/delta" && answer.body?.data,
        )!.answer.body.data.next_cursor;
      return onPushReply((reply) => void (reply.next_cursor = cursor()));
    },
    {},
  ),
  {
    row: "M15",
    name: "gives the cursor of another collection",
    lie: (world) => {
      const { data } = world.server.past.findLast(
        ({ asked, answer }) => asked.path === "/sync/preferences/delta" && answer.body?.data,
      )!.answer.body;
      return onPage((page) => ({ ...page, next_cursor: data.next_cursor }));
    },
    detects: {},
    isHarmless: true,
    changes: ["ada", "barbara", "kathleen"],
  },
  {
    row: "M15",
    name: "gives the cursor that was asked with, and promises more",
    lie: () =>
      changeReply(isPull, (page, asked) => ({
        ...page,
        next_cursor: asked.query.get("cursor"),
        pagination: { has_more: true },
      })),
    detects: { code: "INVALID_REPLY" },
    changes: "nothing",
  },
  {
    row: "M15",
    name: "gives the same page under ever new cursors",
    lie: () => {
      let pages = 0;
      let first: Body = null;
      return async (asked, forward) => {
        if (!isPull(asked)) return await forward();
        first ??= await forward();
        const data = { ...first.body.data, next_cursor: `page${(pages += 1)}`, pagination: { has_more: true } };
        return { ...first, body: { success: true, data } };
      };
    },
    detects: { code: "INVALID_REPLY", events: ["integrity:cursor_went_back"], attention: ["integrity"] },
    changes: ["ada", "barbara", "kathleen"],
  },
  {
    row: "M15",
    name: "sends back to a cursor of long ago",
    lie: (world) => {
      const { data } = world.server.past.find(
        ({ asked, answer }) => isPull(asked) && asked.deviceId === world.otherId && answer.body?.data,
      )!.answer.body;
      return allOf(
        onStatus((status) => void (status.head += 1)),
        onPage((page) => ({ ...page, next_cursor: data.next_cursor })),
      );
    },
    meet: async ({ victim, server }) => {
      await victim.syncNow();
      server.lie = null;
      const { code, failures } = await victim.syncNow();
      return [code, ...failures].join(" ");
    },
    detects: {},
    isHarmless: true,
    changes: ["ada", "barbara", "kathleen"],
  },
];
