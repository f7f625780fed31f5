import { type CollectionKeyring, type Content, hashEnvelope, isCryptoError, readHeader } from "@owlivion/sync-crypto";
import type { RemoteRow } from "../transport/replies.ts";

/** A row of the server, opened as far as this device can. */
export type OpenedRow = {
  readonly row: RemoteRow;
  /** Null: a deletion that nobody sealed. */
  readonly hash: Uint8Array | null;
  readonly rev: number;
  readonly prevHash: Uint8Array | null;
} & (
  { readonly content: Content; readonly trouble: null } | { readonly content: null; readonly trouble: string | null }
);

/** Opens rows; what cannot be opened is told, never thrown: one bad record must not stop the others. */
export function openRows(keys: CollectionKeyring, rows: readonly RemoteRow[]): OpenedRow[] {
  return rows.map((row) => openRow(keys, row));
}

function openRow(keys: CollectionKeyring, row: RemoteRow): OpenedRow {
  if (row.envelope === null) return { row, hash: null, rev: 0, prevHash: null, content: null, trouble: null };
  const hash = hashEnvelope(row.envelope);
  try {
    const { header, content } = keys.open(row.recordId, row.envelope);
    const { rev, prevHash } = header;
    // The kind outside is the server's word, the one inside is the device's that sealed it.
    if (content.kind !== row.kind) return { row, hash, rev, prevHash, content: null, trouble: "KIND_MISMATCH" };
    return { row, hash, rev, prevHash, content, trouble: null };
  } catch (error) {
    return { row, hash, rev: readRev(row.envelope), prevHash: null, content: null, trouble: codeOf(error) };
  }
}

function readRev(envelope: Uint8Array): number {
  try {
    return readHeader(envelope).rev;
  } catch {
    return 0;
  }
}

function codeOf(error: unknown): string {
  if (isCryptoError(error)) return error.code;
  throw error;
}
