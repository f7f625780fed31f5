import { getUuid, putUuid, uuidBytes } from "../bytes/uuid.ts";
import type { ByteWriter } from "../bytes/workspace.ts";
import { CryptoError } from "../crypto-error.ts";
import type { TombstoneContent } from "./content.ts";
import { getStamp, putStamp, stampBytes } from "./stamp-bytes.ts";

export type TombstoneValues = Pick<TombstoneContent, "stamp" | "confirmation">;

/** Writes the stamp, then 0, or 1 and the confirmation id. */
export function writeTombstoneBody(writer: ByteWriter, { stamp, confirmation }: TombstoneValues): void {
  const { at } = writer;
  writer.skip(stampBytes + 1 + (confirmation === null ? 0 : uuidBytes));
  putStamp(writer.bytes, at, stamp);
  if (confirmation === null) return;
  writer.bytes[at + stampBytes] = 1;
  putUuid(writer.bytes, at + stampBytes + 1, confirmation, "a confirmation id");
}

export function decodeTombstoneBody(body: Uint8Array): TombstoneValues {
  const flag = body[stampBytes];
  if ((flag !== 0 && flag !== 1) || body.length !== stampBytes + 1 + flag * uuidBytes) {
    throw new CryptoError("CONTENT_INVALID", "the content is not a canonical tombstone");
  }
  return { stamp: getStamp(body, 0), confirmation: flag === 0 ? null : getUuid(body, stampBytes + 1) };
}
