import Type, { type Static } from "typebox";
import { Checksum, Ciphertext, Instant, Nonce, RecordId, Strict, Uuid, Version } from "../fields.ts";

export const changeTypes = ["insert", "update", "delete"] as const;
export const ChangeType = Type.Enum([...changeTypes]);
export type ChangeType = Static<typeof ChangeType>;

/** One change as a client uploads it. Binary fields are base64 in JSON, byte strings in CBOR. */
export const UploadedChange = Strict({
  record_id: RecordId,
  change_type: ChangeType,
  encrypted_record: Type.Optional(Ciphertext),
  record_nonce: Type.Optional(Nonce),
  record_checksum: Type.Optional(Checksum),
  client_timestamp: Type.Optional(Instant),
  base_version: Type.Optional(Version),
});
export type UploadedChange = Static<typeof UploadedChange>;

/** A record as it stands on the server. */
export const StoredChange = Strict({
  record_id: RecordId,
  change_type: Type.Enum(["insert", "update"]),
  encrypted_record: Ciphertext,
  record_nonce: Nonce,
  record_checksum: Checksum,
  changed_at: Instant,
  version: Version,
  device_id: Uuid,
});

/** A deletion as the server remembers it; the envelope fields are there when the deletion was sealed. */
export const Tombstone = Strict({
  record_id: RecordId,
  deleted_at: Instant,
  deleted_by_device_id: Uuid,
  version: Version,
  encrypted_record: Type.Optional(Ciphertext),
  record_nonce: Type.Optional(Nonce),
  record_checksum: Type.Optional(Checksum),
});
