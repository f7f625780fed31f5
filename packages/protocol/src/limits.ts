/** Every fixed number of the protocol, with its unit in the name. `GET /config` tells them to clients. */
export const limits = {
  /** Changes in one upload. */
  maxBatchChanges: 1000,
  /** Ciphertext of one record, before base64. */
  maxRecordBytes: 256 * 1024,
  /** The envelope of one deletion, before base64: no quota counts it. */
  maxTombstoneBytes: 4 * 1024,
  /** Request body after authentication. */
  maxBodyBytes: 16 * 1024 * 1024,
  /** Request body of a caller who has not authenticated yet. */
  maxAnonymousBodyBytes: 16 * 1024,
  /** Ciphertext in one page, one `delta`, or the conflicts of one reply; at least one row is always sent. */
  maxPageBytes: 8 * 1024 * 1024,
  maxPageRows: 1000,
  defaultPageRows: 100,
  minRecordIdChars: 1,
  maxRecordIdChars: 255,
  minNonceBytes: 12,
  maxNonceBytes: 32,
  checksumBytes: 32,
  /** One full-sync blob, before base64. */
  maxBlobBytes: 8 * 1024 * 1024,
  /** Characters of an `Idempotency-Key`, printable ASCII. */
  maxIdempotencyKeyChars: 128,
  maxEmailChars: 254,
  minSecretBytes: 8,
  maxSecretBytes: 1024,
  maxDeviceNameChars: 100,
  maxWrapBytes: 2048,
  kdfSeedBytes: 32,
  proofBytes: 32,
  /** A client timestamp further ahead than this is clamped to the server's now. */
  maxClockLeadMs: 5 * 60 * 1000,
  /** Timestamps are accepted from 1970 up to this year. */
  maxTimestampYear: 9999,
  /** Event streams one device may hold open. */
  maxStreamsPerDevice: 3,
  maxDevicesPerAccount: 100,
} as const;
