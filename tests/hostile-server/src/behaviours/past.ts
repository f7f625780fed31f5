import { hashEnvelope, readHeader } from "@owlivion/sync-crypto";
import type { Body } from "../server/message.ts";
import type { Name, World } from "../world/world.ts";

/** An envelope that some device sent once: it is authentic, and may stand in no place but one. */
export interface PastEnvelope {
  readonly envelope: Buffer;
  readonly kind: "put" | "tombstone";
  readonly rev: number;
  readonly deviceId: string;
}

/** Everything that was ever sent of a record, in the order of its coming; retries once. */
export function envelopesOf({ server }: Pick<World, "server">, recordId: string): PastEnvelope[] {
  const byHash = new Map<string, PastEnvelope>();
  for (const { asked } of server.past) {
    for (const change of asked.method === "POST" ? (asked.body?.changes ?? []) : []) {
      if (change.record_id !== recordId) continue;
      const envelope = Buffer.from(change.encrypted_record);
      const { kind, rev } = readHeader(envelope);
      const hash = Buffer.from(hashEnvelope(envelope)).toString("hex");
      byHash.set(hash, { envelope, kind, rev, deviceId: asked.body.device_id });
    }
  }
  return [...byHash.values()];
}

/** One of a record's envelopes: 0 is the first. */
export function pastEnvelope(world: World, name: Name, index: number): PastEnvelope {
  const found = envelopesOf(world, world.ids[name]).at(index);
  if (found === undefined) throw new Error(`nobody has sent so many envelopes of ${name}`);
  return found;
}

/** The row of a record in a page, live or deleted. */
export function rowOf(page: Body, { ids }: World, name: Name): Body {
  return [...page.changes, ...page.deleted].find((row: Body) => row.record_id === ids[name]);
}

export function withoutRow(page: Body, { ids }: World, name: Name): void {
  for (const list of ["changes", "deleted"]) {
    page[list] = page[list].filter((row: Body) => row.record_id !== ids[name]);
  }
}

const now = (): string => new Date().toISOString();

export const putRow = (recordId: string, version: number, envelope: Uint8Array, deviceId: string): Body => ({
  record_id: recordId,
  version,
  changed_at: now(),
  device_id: deviceId,
  encrypted_record: Buffer.from(envelope),
  record_nonce: Buffer.from(readNonce(envelope)),
  record_checksum: Buffer.from(hashEnvelope(envelope)),
});

/** Without an envelope nobody sealed it. */
export const tombstoneRow = (recordId: string, version: number, deviceId: string, envelope?: Uint8Array): Body => ({
  record_id: recordId,
  version,
  deleted_at: now(),
  deleted_by_device_id: deviceId,
  ...(envelope === undefined ? {} : { encrypted_record: Buffer.from(envelope) }),
});

const readNonce = (envelope: Uint8Array): Uint8Array => envelope.subarray(62, 86);
