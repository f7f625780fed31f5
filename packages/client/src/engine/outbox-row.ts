import type { Stamp } from "@owlivion/sync-crypto";
import type { OutboxRow } from "../store/rows.ts";

/** An edit that the engine itself has to send: there is no person's edit behind it. */
export const engineEdit = 0;

/** A row for a change that the engine sends by itself; `sealed` as it was, or null to seal what is visible. */
export function engineOutboxRow(
  { key, recordId }: { readonly key: string; readonly recordId: string },
  kind: "put" | "delete",
  sealed: Uint8Array | null,
  nowMs: number,
  stamp: Stamp,
): OutboxRow {
  return { key, recordId, kind, edit: engineEdit, editedAtMs: nowMs, stamp, sealed, held: null, confirmation: null };
}

/** Of a change whose own stamp is inside its envelope. */
export const noStamp = (device: string): Stamp => ({ wallMs: 0, counter: 0, device });
