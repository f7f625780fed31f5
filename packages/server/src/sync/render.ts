import { formatInstant } from "@owlivion/sync-protocol";
import type { HeadProof, Page, PageRow } from "./store.ts";
import { changeTypeNames } from "./model.ts";
import { toWireBytes, type Wire } from "./wire.ts";

// Shapes of packages/protocol/src/messages/change.ts and download-delta.ts.

function envelopeFields(row: PageRow, wire: Wire) {
  return row.record === null || row.nonce === null || row.checksum === null
    ? undefined
    : {
        encrypted_record: toWireBytes(row.record, wire),
        record_nonce: toWireBytes(row.nonce, wire),
        record_checksum: toWireBytes(row.checksum, wire),
      };
}

/** A current record. */
function storedChange(row: PageRow, wire: Wire) {
  return {
    record_id: row.recordId,
    change_type: changeTypeNames[row.changeType],
    ...envelopeFields(row, wire),
    changed_at: formatInstant(row.changedAt),
    version: row.version,
    device_id: row.deviceId,
  };
}

function tombstone(row: PageRow, wire: Wire) {
  return {
    record_id: row.recordId,
    deleted_at: formatInstant(row.changedAt),
    deleted_by_device_id: row.deviceId,
    version: row.version,
    ...envelopeFields(row, wire),
  };
}

export function renderCurrent(row: PageRow, wire: Wire) {
  return row.changeType === 2 ? tombstone(row, wire) : storedChange(row, wire);
}

export function renderRows(rows: readonly PageRow[], wire: Wire) {
  const changes = [];
  const deleted = [];
  for (const row of rows) {
    if (row.changeType === 2) deleted.push(tombstone(row, wire));
    else changes.push(storedChange(row, wire));
  }
  return { changes, deleted };
}

export function renderHistory(rows: readonly PageRow[], wire: Wire) {
  return rows.map((row) => ({
    version: row.version,
    change_type: changeTypeNames[row.changeType],
    changed_at: formatInstant(row.changedAt),
    device_id: row.deviceId,
    ...envelopeFields(row, wire),
  }));
}

/** What every page tells of its collection. */
export function renderHead(page: Page, wire: Wire) {
  const { epoch, head, horizon, proof } = page.head;
  return { epoch, head, horizon, ...(proof === null ? {} : { proof: renderProof(proof, wire) }) };
}

function renderProof(proof: HeadProof, wire: Wire) {
  return { epoch: proof.epoch, version: proof.version, proof: toWireBytes(proof.proof, wire) };
}
