import type { Contact } from "@owlivion/sync-client";
import { type BenchDevice } from "./devices.ts";
import { downloadRaw } from "./raw-download.ts";

export interface WireBytes {
  readonly medianEnvelope: number;
  /** What another device receives of 50 changed contacts, beside the sum of their envelopes. */
  readonly delta: { readonly bytes: number; readonly envelopes: number };
  /** The whole collection, in the same encoding and compression. */
  readonly everything: number;
  readonly idleRequests: number;
}

const changed = 50;

export async function measureWireBytes(
  origin: string,
  email: string,
  writer: BenchDevice,
  reader: BenchDevice,
): Promise<WireBytes> {
  const contacts = writer.sync.collection<Contact>("contacts");
  const before = new Map((await downloadRaw(origin, email)).rows.map((row) => [row.id, row.version]));
  reader.wire.reset();
  await reader.sync.syncNow();
  const everything = reader.wire.receivedBytes;

  const some = (await contacts.list()).slice(0, changed);
  for (const { id, notes } of some) await contacts.patch(id, { notes: `${notes} changed` });
  await writer.sync.syncNow();
  reader.wire.reset();
  await reader.sync.syncNow();
  const bytes = reader.wire.receivedBytes;

  const { rows } = await downloadRaw(origin, email);
  const news = rows.filter(({ id, version }) => before.get(id) !== version);
  if (news.length !== changed) throw new Error(`${news.length} records changed instead of ${changed}`);
  const envelopes = news.reduce((sum, { envelope }) => sum + envelope.length, 0);
  const sizes = rows.map(({ envelope }) => envelope.length).toSorted((a, b) => a - b);

  await reader.sync.syncNow();
  reader.wire.reset();
  await reader.sync.syncNow();
  return {
    medianEnvelope: sizes[sizes.length >> 1]!,
    delta: { bytes, envelopes },
    everything,
    idleRequests: reader.wire.requests,
  };
}
