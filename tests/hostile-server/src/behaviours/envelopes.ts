import { createKeyBundle, Keyring, randomRecordId, systemRandom } from "@owlivion/sync-crypto";
import { onPage } from "../server/lies.ts";
import type { Body } from "../server/message.ts";
import type { World } from "../world/world.ts";
import type { Behaviour } from "./behaviour.ts";
import { envelopesOf, pastEnvelope, putRow, rowOf } from "./past.ts";

/** Envelopes that are not what they are said to be: M2, M3, M4, M9. What cannot be opened hides nothing and shows nothing. */

const alterAda = (change: (row: Body, world: World) => void) => (world: World) =>
  onPage((page) => {
    const row = rowOf(page, world, "ada");
    if (row !== undefined) change(row, world);
  });

const unreadable = (reason: string) => ({ events: [`unreadable:${reason}`], attention: ["unreadable"] });

const flipped = (row: "M2" | "M4", what: string, at: number, reason: string): Behaviour => ({
  row,
  name: `changes ${what} of an envelope`,
  lie: alterAda((ada) => {
    const envelope = Buffer.from(ada.encrypted_record);
    const index = at < 0 ? envelope.length + at : at;
    envelope[index] = envelope[index]! ^ 1;
    ada.encrypted_record = envelope;
  }),
  detects: unreadable(reason),
  changes: ["barbara", "kathleen"],
});

const replaced = (
  row: "M3" | "M9",
  name: string,
  reason: string,
  envelope: (world: World) => Promise<Uint8Array> | Uint8Array,
): Behaviour => ({
  row,
  name,
  async lie(world) {
    const made = await envelope(world);
    return alterAda((ada) => {
      ada.encrypted_record = Buffer.from(made);
    })(world);
  },
  detects: unreadable(reason),
  changes: ["barbara", "kathleen"],
});

/** What a server can seal that knows everything but the keys. */
function forge({ accountId, otherId }: World, recordId: string): Uint8Array {
  const keys = new Keyring(createKeyBundle(systemRandom), accountId).collection("contacts");
  const stamp = { wallMs: Date.now(), counter: 0, device: otherId };
  const content = { kind: "put", schema: 1, fields: { name: "forged" }, stamps: { name: stamp } } as const;
  return keys.seal({ recordId, device: otherId, rev: 3, prevHash: null, content }, systemRandom);
}

const injected = (
  name: string,
  reason: string,
  envelope: (world: World, recordId: string) => Uint8Array,
): Behaviour => ({
  row: "M9",
  name,
  lie(world) {
    const recordId = randomRecordId(systemRandom);
    const bytes = envelope(world, recordId);
    return onPage((page) => {
      page.head += 1;
      page.changes.push(putRow(recordId, page.head, bytes, world.otherId));
    });
  },
  detects: unreadable(reason),
  changes: ["ada", "barbara", "kathleen"],
});

export const envelopes: readonly Behaviour[] = [
  flipped("M2", "the suite", 0, "UNKNOWN_SUITE"),
  {
    row: "M2",
    name: "says that the whole collection has another suite",
    lie: () =>
      onPage((page) => {
        for (const row of page.changes) row.encrypted_record = Buffer.from(row.encrypted_record).fill(2, 0, 1);
      }),
    detects: unreadable("UNKNOWN_SUITE"),
    changes: ["barbara"],
  },
  flipped("M4", "the kind", 1, "INVALID_ENVELOPE"),
  flipped("M4", "the key epoch", 2, "UNKNOWN_KEY_EPOCH"),
  flipped("M4", "the key epoch to none", 5, "INVALID_ENVELOPE"),
  flipped("M4", "the device", 6, "TAMPERED"),
  flipped("M4", "the revision", 29, "TAMPERED"),
  flipped("M4", "the predecessor", 30, "TAMPERED"),
  flipped("M4", "the nonce", 62, "TAMPERED"),
  flipped("M4", "the ciphertext", 86, "TAMPERED"),
  flipped("M4", "the tag", -1, "TAMPERED"),
  {
    row: "M4",
    name: "names another author and other times of changes",
    lie: () =>
      onPage((page) => {
        for (const row of page.changes) {
          row.device_id = "00000000-0000-4000-8000-000000000000";
          row.changed_at = "2036-01-01T00:00:00.000Z";
        }
        for (const row of page.deleted) row.deleted_at = "2016-01-01T00:00:00.000Z";
      }),
    detects: {},
    isHarmless: true,
    changes: ["ada", "barbara", "kathleen"],
  },
  {
    row: "M3",
    name: "swaps the envelopes of two records",
    lie: (world) =>
      onPage((page) => {
        const [ada, kathleen] = [rowOf(page, world, "ada"), rowOf(page, world, "kathleen")];
        if (ada === undefined || kathleen === undefined) return;
        [ada.encrypted_record, kathleen.encrypted_record] = [kathleen.encrypted_record, ada.encrypted_record];
      }),
    detects: unreadable("TAMPERED"),
    changes: ["barbara"],
  },
  replaced("M3", "puts an envelope of another collection in place of a record's", "TAMPERED", ({ server }) => {
    const push = server.past.find(({ asked }) => asked.path === "/sync/preferences/delta" && asked.method === "POST");
    return push!.asked.body.changes[0].encrypted_record;
  }),
  replaced("M3", "puts another account's envelope in place of a record's", "TAMPERED", async (world) => {
    const mallory = await world.signUpMallory();
    return envelopesOf(world, mallory.recordId)[0]!.envelope;
  }),
  replaced("M3", "puts another record's older envelope in place of a record's", "TAMPERED", (world) => {
    return pastEnvelope(world, "grace", 0).envelope;
  }),
  replaced("M9", "seals a record's successor with keys of its own", "TAMPERED", (world) => {
    return forge(world, world.ids.ada);
  }),
  injected("adds a record that it sealed itself", "TAMPERED", forge),
  injected("adds a record of nothing but noise", "UNKNOWN_SUITE", () => Buffer.from(systemRandom(358)).fill(9, 0, 1)),
  injected("adds a record that is too short", "INVALID_ENVELOPE", () => Buffer.alloc(64, 1)),
  injected("adds another record of the account under a new id", "TAMPERED", (world) => {
    return pastEnvelope(world, "ada", 0).envelope;
  }),
];
