import Type, { type Static } from "typebox";
import { Base64, Checksum, DataType, Instant, Nonce, Nullable, Strict, Success, Uuid, Version } from "../fields.ts";
import { limits } from "../limits.ts";

const Blob = Base64({ min: 1, max: limits.maxBlobBytes }, "One opaque blob, strict padded base64");
const BlobVersion = Type.Integer({ minimum: 1, description: "The blob's own counter: it only grows" });

/** `POST /sync/upload`: replaces the blob; a `version` is compare-and-set (0: there is none yet). */
export const UploadBlobRequest = Strict({
  data_type: DataType,
  encrypted_blob: Blob,
  nonce: Nonce,
  checksum: Checksum,
  version: Type.Optional(Version),
  device_id: Uuid,
});
export type UploadBlobRequest = Static<typeof UploadBlobRequest>;
export const UploadBlobReply = Success(Strict({ data_type: DataType, version: BlobVersion, synced_at: Instant }));

export const DownloadBlobQuery = Strict({ data_type: DataType });
export type DownloadBlobQuery = Static<typeof DownloadBlobQuery>;

/** `nonce` is null when the desktop app wrote the blob: then the bytes are the UTF-8 of its text, which carries its own. */
export const DownloadBlobReply = Success(
  Strict({
    data_type: DataType,
    encrypted_blob: Blob,
    nonce: Nullable(Nonce),
    checksum: Checksum,
    version: BlobVersion,
    synced_at: Instant,
    device_id: Uuid,
  }),
);

/** `POST /sync/:data_type`, as the desktop app speaks: its `version` is its own format number and is ignored. */
export const DesktopUploadRequest = Strict({
  encrypted_data: Type.String({ minLength: 1, maxLength: limits.maxBlobBytes, description: "As UTF-8 at most 8 MiB" }),
  version: Type.Optional(Type.Integer()),
});
export type DesktopUploadRequest = Static<typeof DesktopUploadRequest>;
export const DesktopUploadReply = Success(Strict({ version: BlobVersion, updated_at: Instant }));
export const DesktopDownloadReply = Success(
  Strict({ encrypted_data: Type.String(), version: BlobVersion, updated_at: Instant }),
);
