import { allOf, isPush, onlyFor, onPage, onPushReply, onStatus } from "../server/lies.ts";
import { type Body, refusal, success } from "../server/message.ts";
import type { Lie } from "../server/hostile-server.ts";
import type { World } from "../world/world.ts";
import type { Behaviour } from "./behaviour.ts";
import { envelopesOf, pastEnvelope, putRow, rowOf } from "./past.ts";

/** The past in place of the present, and one present for each device: M6 and M8. */

const replayed = { events: ["integrity:replayed"], attention: ["integrity"] };
const raiseHead = onStatus((status) => void (status.head += 1));

/** A row that the real server never had, as the newest of all. */
const serveAda =
  (choose: (world: World) => { envelope: Uint8Array; deviceId: string }) =>
  (world: World): Lie =>
    allOf(
      raiseHead,
      onPage((page) => {
        page.head += 1;
        const { envelope, deviceId } = choose(world);
        page.changes = page.changes.filter((row: Body) => row.record_id !== world.ids.ada);
        page.changes.push(putRow(world.ids.ada, page.head, envelope, deviceId));
      }),
    );

/** Says yes to a push, and stores nothing. */
export function pretendToStore(head: () => number): Lie {
  return async (asked, forward) => {
    if (!isPush(asked)) return await forward();
    const at = new Date().toISOString();
    const first = head() + 1;
    const results = asked.body.changes.map((change: Body, i: number) => ({
      record_id: change.record_id,
      status: "applied",
      version: first + i,
      changed_at: at,
    }));
    const version = head() + results.length;
    return success(asked, {
      data_type: "contacts",
      version,
      epoch: asked.body.epoch,
      processed_count: results.length,
      conflict_count: 0,
      results,
      synced_at: at,
      delta: { changes: [], deleted: [], has_more: false },
      next_cursor: asked.body.cursor,
    });
  };
}

/** What the real server last said of the contacts' head. */
export const headOf = ({ server }: World): number =>
  Math.max(...server.past.map(({ answer }) => answer.body?.data?.contacts?.head ?? answer.body?.data?.head ?? 0));

/** The other device's edit of ada reaches the liar and nobody else; then the victim edits her too. */
async function forkAda(world: World): Promise<void> {
  const { server, other, victim, ids, otherId } = world;
  const refuse: Lie = (asked, forward) => (isPush(asked) ? Promise.resolve(refusal(503, "OVERLOADED")) : forward());
  server.lie = onlyFor(otherId, refuse);
  await other.patch(ids.ada, { company: "of the other" });
  await other.syncNow();
  server.lie = null;
  await victim.patch(ids.ada, { birthday: "1815-12-10" });
  await victim.syncNow();
}

const withBirthday = (others: Readonly<Record<string, unknown>>, { ids }: World) => {
  const key = `contacts/${ids.ada}`;
  return { ...others, [key]: { ...(others[key] as object), birthday: "1815-12-10" } };
};

const inReplyToPush = (row: "M6", name: string, change: (reply: Body, world: World) => void): Behaviour => ({
  row,
  name,
  world: { news: false },
  prepare: ({ victim, ids }) => victim.patch(ids.grace, { company: "of the victim" }),
  lie: (world) =>
    allOf(
      onPushReply((reply) => change(reply, world)),
      onPage((page) => {
        const { envelope, deviceId } = pastEnvelope(world, "ada", 0);
        page.head += 1;
        page.changes.push(putRow(world.ids.ada, page.head, envelope, deviceId));
      }),
    ),
  detects: replayed,
  mayUpload: "waiting",
  wanted: (others, { ids }) => {
    const key = `contacts/${ids.grace}`;
    return { ...others, [key]: { ...(others[key] as object), company: "of the victim" } };
  },
});

export const rollbacks: readonly Behaviour[] = [
  {
    row: "M6",
    name: "replays a record's first revision as its newest",
    lie: (world) =>
      onPage((page) => {
        const row = rowOf(page, world, "ada");
        if (row !== undefined) row.encrypted_record = pastEnvelope(world, "ada", 0).envelope;
      }),
    detects: replayed,
    changes: ["barbara", "kathleen"],
  },
  {
    row: "M6",
    name: "replays the revision that the device has, in place of the next",
    lie: (world) =>
      onPage((page) => {
        const row = rowOf(page, world, "ada");
        if (row !== undefined) row.encrypted_record = pastEnvelope(world, "ada", 1).envelope;
      }),
    detects: { events: ["integrity:proof_mismatch"], attention: ["integrity"] },
    changes: ["barbara", "kathleen"],
  },
  inReplyToPush("M6", "replays a record in the delta of a push", (reply, world) => {
    const { envelope, deviceId } = pastEnvelope(world, "ada", 0);
    reply.version += 1;
    reply.delta.changes.push(putRow(world.ids.ada, reply.version, envelope, deviceId));
  }),
  inReplyToPush("M6", "names an older revision as what a push conflicts with", (reply, world) => {
    const { envelope, deviceId } = pastEnvelope(world, "grace", 0);
    const [result] = reply.results;
    const current = putRow(world.ids.grace, reply.version, envelope, deviceId);
    const conflict = { index: 0, record_id: world.ids.grace, reason: "STALE", current };
    Object.assign(reply, { processed_count: 0, conflict_count: 1, conflicts: [conflict] });
    Object.assign(result, { status: "conflict", version: undefined, changed_at: undefined });
  }),
  {
    row: "M8",
    name: "shows a fork: another edit of the same revision",
    world: { news: false },
    prepare: forkAda,
    lie: serveAda((world) =>
      envelopesOf(world, world.ids.ada).find(({ rev, deviceId }) => rev === 3 && deviceId === world.otherId)!,
    ),
    detects: { events: ["integrity:forked"], attention: ["integrity"] },
    wanted: withBirthday,
  },
  {
    row: "M8",
    name: "goes on from a fork: a chain whose middle the device never saw",
    world: { news: false },
    async prepare(world) {
      const { server, other, victim, ids, otherId } = world;
      server.lie = onlyFor(
        otherId,
        pretendToStore(() => headOf(world)),
      );
      await other.patch(ids.ada, { company: "of the other" });
      await other.syncNow();
      await other.patch(ids.ada, { company: "of the other, again" });
      await other.syncNow();
      server.lie = null;
      await victim.patch(ids.ada, { birthday: "1815-12-10" });
      await victim.syncNow();
    },
    lie: serveAda((world) =>
      envelopesOf(world, world.ids.ada).find(({ rev, deviceId }) => rev === 4 && deviceId === world.otherId)!,
    ),
    detects: { events: ["integrity:unlinked"], attention: ["integrity"] },
    wanted: withBirthday,
  },
  {
    row: "M8",
    name: "rolls the whole collection back",
    lie: () =>
      allOf(
        onStatus((status) => void (status.head = 3)),
        onPage((page) => ({ ...page, changes: [], deleted: [], head: 3, proof: undefined })),
      ),
    detects: { events: ["integrity:head_went_back"], attention: ["integrity"] },
  },
  {
    row: "M8",
    name: "rolls the whole collection back under a new epoch, untold",
    lie: () =>
      onPage((page) => ({
        ...page,
        changes: [],
        deleted: [],
        head: 3,
        epoch: "00000000-0000-4000-8000-000000000000",
        proof: undefined,
      })),
    detects: { events: ["integrity:head_went_back"], attention: ["integrity"] },
  },
  {
    row: "M8",
    name: "says that the head is lower than it was",
    world: { news: false },
    lie: () => onStatus((status) => void (status.head = 1)),
    detects: {},
    isHarmless: true,
  },
  {
    row: "M8",
    name: "gives each device a history of its own, then shows one the other's",
    world: { news: false },
    async prepare(world) {
      const { server, victim, other, ids, victimId } = world;
      server.lie = onlyFor(
        victimId,
        pretendToStore(() => headOf(world)),
      );
      await victim.patch(ids.grace, { birthday: "1906-12-09" });
      await victim.syncNow();
      server.lie = null;
      await other.patch(ids.alan, { company: "of the other" });
      await other.syncNow({ prove: true });
    },
    // From now on it is honest: what it did shows at once.
    lie: () => (_, forward) => forward(),
    detects: { code: "INVALID_REPLY", events: ["integrity:cursor_went_back"], attention: ["integrity"] },
    wanted: (others, { ids }) => {
      const key = `contacts/${ids.grace}`;
      return { ...others, [key]: { ...(others[key] as object), birthday: "1906-12-09" } };
    },
  },
];
