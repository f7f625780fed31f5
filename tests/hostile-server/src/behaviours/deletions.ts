import { allOf, onPage, onStatus } from "../server/lies.ts";
import type { Name, World } from "../world/world.ts";
import type { Behaviour } from "./behaviour.ts";
import { pastEnvelope, putRow, rowOf, tombstoneRow, withoutRow } from "./past.ts";

/** Deletions that nobody meant, or that somebody meant and nobody hears of: M5. */

const staged = { events: ["deletions_staged:unsealed"], attention: ["deletions_staged"] };

const deleteUnsealed = (name: string, whom: readonly Name[]): Behaviour => ({
  row: "M5",
  name,
  lie: (world) =>
    onPage((page) => {
      for (const each of whom) {
        page.head += 1;
        page.deleted.push(tombstoneRow(world.ids[each], page.head, world.otherId));
      }
    }),
  detects: staged,
  changes: ["ada", "barbara", "kathleen"],
});

const deleteWith = (name: string, reason: string, envelope: (world: World) => Uint8Array): Behaviour => ({
  row: "M5",
  name,
  lie: (world) =>
    onPage((page) => {
      page.head += 1;
      page.deleted.push(tombstoneRow(world.ids.grace, page.head, world.otherId, envelope(world)));
    }),
  detects: { events: [`unreadable:${reason}`], attention: ["unreadable"] },
  changes: ["ada", "barbara", "kathleen"],
});

export const deletions: readonly Behaviour[] = [
  deleteUnsealed("deletes a record without a tombstone of ours", ["grace"]),
  deleteUnsealed("deletes every record without a tombstone of ours", ["grace", "alan"]),
  deleteWith("deletes with the record's own last envelope", "KIND_MISMATCH", (world) => {
    return pastEnvelope(world, "grace", -1).envelope;
  }),
  deleteWith("deletes with another record's tombstone", "TAMPERED", (world) => {
    return pastEnvelope(world, "edsger", -1).envelope;
  }),
  {
    row: "M5",
    name: "takes the seal off a deletion that was meant",
    lie: (world) =>
      onPage((page) => {
        const row = rowOf(page, world, "barbara");
        if (row !== undefined) delete row.encrypted_record;
      }),
    detects: staged,
    changes: ["ada", "kathleen"],
    decides: "accept",
  },
  {
    row: "M5",
    name: "keeps a deletion back that another device proved",
    lie: (world) => onPage((page) => withoutRow(page, world, "barbara")),
    // The proof tells that she is gone: she is out of sight until it has been seen once more.
    detects: { events: ["resync:repair", "unconfirmed"], attention: ["unconfirmed"] },
    changes: ["ada", "barbara", "kathleen"],
    decides: "accept",
  },
  {
    row: "M5",
    name: "keeps a deletion back and goes on showing the record",
    lie(world) {
      let version = 0;
      const { envelope, deviceId } = pastEnvelope(world, "barbara", 1);
      return onPage((page) => {
        version = rowOf(page, world, "barbara")?.version ?? version;
        withoutRow(page, world, "barbara");
        page.changes.push(putRow(world.ids.barbara, version, envelope, deviceId));
      });
    },
    detects: { events: ["integrity:proof_mismatch"], attention: ["integrity"] },
    changes: ["ada", "kathleen"],
  },
  {
    row: "M5",
    name: "deletes a record anew with the tombstone of its former life",
    world: { news: false },
    async prepare({ other, victim, ids }) {
      await other.put({ id: ids.edsger, name: "edsger again" });
      await other.syncNow({ prove: true });
      await victim.syncNow();
    },
    lie: (world) =>
      allOf(
        onStatus((status) => void (status.head += 1)),
        onPage((page) => {
          page.head += 1;
          const { envelope, deviceId } = pastEnvelope(world, "edsger", 1);
          page.deleted.push(tombstoneRow(world.ids.edsger, page.head, deviceId, envelope));
        }),
      ),
    detects: { events: ["integrity:replayed"], attention: ["integrity"] },
  },
  {
    row: "M5",
    name: "brings a deleted record back with its last envelope",
    lie: (world) =>
      onPage((page) => {
        page.head += 1;
        const { envelope, deviceId } = pastEnvelope(world, "edsger", 0);
        page.changes.push(putRow(world.ids.edsger, page.head, envelope, deviceId));
      }),
    detects: { events: ["integrity:replayed"], attention: ["integrity"] },
    changes: ["ada", "barbara", "kathleen"],
  },
  {
    row: "M5",
    name: "brings a deleted record back and says that its tombstone was purged",
    lie: (world) =>
      onPage((page) => {
        page.horizon = page.head;
        page.head += 1;
        const { envelope, deviceId } = pastEnvelope(world, "edsger", 0);
        page.changes.push(putRow(world.ids.edsger, page.head, envelope, deviceId));
      }),
    detects: { events: ["integrity:replayed"], attention: ["integrity"] },
    changes: ["ada", "barbara", "kathleen"],
  },
];
