import Type, { type Static, type TSchema } from "typebox";
import { limits } from "./limits.ts";

/** Schemas of single fields, shared by the messages. */

export const Uuid = Type.String({
  pattern: "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$",
  description: "UUID; the server answers in lower case",
  examples: ["7d4f4b0e-5f0a-4a44-9d57-0f6c1c0c9a01"],
});

export const Email = Type.String({
  minLength: 3,
  maxLength: limits.maxEmailChars,
  pattern: "^\\s*[^\\s@\\u0000-\\u001f\\u007f]+@[^\\s@\\u0000-\\u001f\\u007f]+\\s*$",
  description: "Trimmed, NFC and lower case on the server",
  examples: ["ada@example.com"],
});

/** A login secret: a plain client's password or the SDK's auth secret. Its length is counted in UTF-8 bytes by the server. */
export const Secret = Type.String({
  minLength: 1,
  maxLength: limits.maxSecretBytes,
  description: `${limits.minSecretBytes} to ${limits.maxSecretBytes} bytes of UTF-8; no composition rules`,
  examples: ["correct horse battery staple"],
});

export const DeviceName = Type.String({ minLength: 1, maxLength: limits.maxDeviceNameChars });

export const platforms = ["windows", "macos", "linux", "android", "ios", "web", "other"] as const;
export const Platform = Type.Enum([...platforms]);
export type Platform = Static<typeof Platform>;

export const DataType = Type.String({
  pattern: "^[a-z][a-z0-9_]{0,31}$",
  description: "A data type the server is configured for",
  examples: ["contacts"],
});

export const RecordId = Type.String({
  minLength: limits.minRecordIdChars,
  maxLength: limits.maxRecordIdChars,
  examples: ["q83vEjRWeJASNFZ4kKvN7w"],
});

export const Base64 = (bytes: { min: number; max: number }, description = "strict padded base64") =>
  Type.String({
    minLength: base64Length(bytes.min),
    maxLength: base64Length(bytes.max),
    contentEncoding: "base64",
    description,
  });

export const Ciphertext = Base64(
  { min: 1, max: limits.maxRecordBytes },
  "Ciphertext, strict padded base64; a byte string in CBOR",
);
export const Nonce = Base64({ min: limits.minNonceBytes, max: limits.maxNonceBytes }, "12 to 32 bytes, base64");
export const Checksum = Base64(
  { min: limits.checksumBytes, max: limits.checksumBytes },
  "SHA-256 of the ciphertext, base64",
);

export const Version = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

export const Instant = Type.String({
  description: "RFC 3339 with time zone, up to microseconds; the server answers in UTC",
  examples: ["2026-03-01T12:00:00.000000Z"],
  maxLength: 40,
});

export const Cursor = Type.String({
  minLength: 1,
  maxLength: 256,
  description: "Opaque: I have everything up to here",
});
export const Epoch = Type.String({ ...Uuid, description: "The server's epoch, a UUID" });

export const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** An object that has exactly these properties. */
export const Strict = <P extends Record<string, TSchema>>(properties: P, options: Record<string, unknown> = {}) =>
  Type.Object(properties, { ...options, additionalProperties: false });

/** The `{success: true, data}` around every JSON answer. */
export const Success = <T extends TSchema>(data: T) => Strict({ success: Type.Literal(true), data });

/** Characters of the padded base64 of so many bytes. */
export function base64Length(bytes: number): number {
  return Math.ceil(bytes / 3) * 4;
}
