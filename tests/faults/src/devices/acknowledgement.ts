import { hash } from "node:crypto";
import { decode } from "cbor-x";

/** One accepted change, as its device heard of it. */
export interface Acknowledgement {
  readonly accountId: string;
  readonly deviceId: string;
  readonly dataType: string;
  readonly epoch: string;
  readonly version: number;
  readonly recordId: string;
  readonly changeType: string;
  readonly baseVersion: number | null;
  /** SHA-256 of the envelope, hex: each sealing makes another. */
  readonly envelope: string;
  /** Nothing was applied for it: the server had it already. */
  readonly isUnchanged: boolean;
  readonly idempotencyKey: string;
}

interface SentChange {
  readonly record_id: string;
  readonly change_type: string;
  readonly encrypted_record: Uint8Array;
  readonly base_version?: number;
}

interface Reply {
  readonly data?: {
    readonly epoch: string;
    readonly results?: readonly { readonly record_id: string; readonly status: string; readonly version?: number }[];
  };
}

/** What the reply to an upload acknowledges; read from the bytes on the wire, apart from the SDK. */
export function readAcknowledgements(
  of: { readonly accountId: string; readonly deviceId: string },
  dataType: string,
  idempotencyKey: string,
  request: Uint8Array,
  reply: Uint8Array,
): Acknowledgement[] {
  const { changes } = decode(Buffer.from(request)) as { changes: readonly SentChange[] };
  const { data } = decode(Buffer.from(reply)) as Reply;
  if (data?.results === undefined) return [];
  return data.results.flatMap(({ status, version, record_id: recordId }, i) => {
    const change = changes[i];
    if (status === "conflict" || change === undefined) return [];
    if (change.record_id !== recordId) throw new Error(`S-I4: the result of ${recordId} stands where another's should`);
    return [
      {
        ...of,
        dataType,
        epoch: data.epoch,
        version: Number(version),
        recordId,
        changeType: change.change_type,
        baseVersion: change.base_version === undefined ? null : Number(change.base_version),
        envelope: hash("sha256", change.encrypted_record, "hex"),
        isUnchanged: status === "unchanged",
        idempotencyKey,
      },
    ];
  });
}
