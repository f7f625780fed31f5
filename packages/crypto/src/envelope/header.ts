import { envelope, limits } from "@owlivion/sync-protocol";
import { isZero } from "../bytes/bytes.ts";
import { checkInteger, checkKeyEpoch, checkLength } from "../bytes/check.ts";
import { getU32, getU64, putU32, putU64 } from "../bytes/integers.ts";
import { getUuid, putUuid } from "../bytes/uuid.ts";
import { paddedLength } from "../content/padme.ts";
import { CryptoError } from "../crypto-error.ts";

export type EnvelopeKind = keyof typeof envelope.kinds;

/** Everything of an envelope that is not encrypted. It is authenticated: trust it only once the envelope was opened. */
export interface EnvelopeHeader {
  readonly suite: number;
  readonly kind: EnvelopeKind;
  readonly keyEpoch: number;
  /** The device that sealed it, a UUID. */
  readonly device: string;
  /** Counts the record's envelopes, from 1. */
  readonly rev: number;
  /** SHA-256 of the envelope that this one replaces, or null. */
  readonly prevHash: Uint8Array | null;
  readonly nonce: Uint8Array;
}

/** suite u8, kind u8, key_epoch u32, device 16, rev u64, prev_hash 32, nonce 24. */
export const headerAt = { suite: 0, kind: 1, keyEpoch: 2, device: 6, rev: 22, prevHash: 30, nonce: 62 } as const;
export const headerBytes = envelope.headerBytes;
export const overheadBytes = envelope.headerBytes + envelope.tagBytes;
export const hashBytes = 32;
export const nonceBytes = 24;

/** The longest envelope of a kind. */
export const maxEnvelopeBytes = { put: limits.maxRecordBytes, tombstone: limits.maxTombstoneBytes } as const;

export type HeaderValues = Omit<EnvelopeHeader, "suite">;

export function putHeader(out: Uint8Array, at: number, header: HeaderValues): void {
  checkKeyEpoch(header.keyEpoch);
  checkInteger(header.rev, 1, Number.MAX_SAFE_INTEGER, "rev");
  checkLength(header.nonce, nonceBytes, "the nonce");
  out[at + headerAt.suite] = envelope.suite;
  out[at + headerAt.kind] = envelope.kinds[header.kind];
  putU32(out, at + headerAt.keyEpoch, header.keyEpoch);
  putUuid(out, at + headerAt.device, header.device, "the device");
  putU64(out, at + headerAt.rev, header.rev);
  if (header.prevHash !== null) {
    checkLength(header.prevHash, hashBytes, "the hash of the predecessor");
    out.set(header.prevHash, at + headerAt.prevHash);
  }
  out.set(header.nonce, at + headerAt.nonce);
}

/**
 * Reads what can be read without a key. Throws UNKNOWN_SUITE or INVALID_ENVELOPE, also for lengths that no padding makes:
 * nothing that cannot be right reaches the cipher.
 */
export function readHeader(bytes: Uint8Array): EnvelopeHeader {
  if (!(bytes instanceof Uint8Array) || bytes.length < overheadBytes) throw invalid("too short");
  if (bytes[headerAt.suite] !== envelope.suite) {
    throw new CryptoError("UNKNOWN_SUITE", "the envelope was sealed with an unknown suite");
  }
  const kind = kindOf(bytes[headerAt.kind]!);
  const plaintextBytes = bytes.length - overheadBytes;
  if (bytes.length > maxEnvelopeBytes[kind]) throw invalid("too long");
  if (paddedLength(plaintextBytes) !== plaintextBytes) throw invalid("no padded length");
  const keyEpoch = getU32(bytes, headerAt.keyEpoch);
  const rev = getU64(bytes, headerAt.rev);
  if (keyEpoch === 0) throw invalid("key epoch 0");
  if (rev === 0 || !Number.isSafeInteger(rev)) throw invalid("its rev is out of range");
  const prevHash = bytes.subarray(headerAt.prevHash, headerAt.nonce);
  return {
    suite: envelope.suite,
    kind,
    keyEpoch,
    device: getUuid(bytes, headerAt.device),
    rev,
    prevHash: isZero(prevHash) ? null : prevHash.slice(),
    nonce: bytes.slice(headerAt.nonce, headerBytes),
  };
}

function kindOf(byte: number): EnvelopeKind {
  if (byte === envelope.kinds.put) return "put";
  if (byte === envelope.kinds.tombstone) return "tombstone";
  throw invalid("an unknown kind");
}

function invalid(reason: string): CryptoError {
  return new CryptoError("INVALID_ENVELOPE", `not an envelope: ${reason}`);
}
