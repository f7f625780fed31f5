import { concat, equalInConstantTime, utf8, type Bytes } from "../bytes/bytes.ts";
import { checkInteger, checkKeyEpoch, checkLength, prefixedDataType, utf8OfRecordId } from "../bytes/check.ts";
import { HmacKey } from "../bytes/hmac-key.ts";
import { putU16, putU32, putU64 } from "../bytes/integers.ts";
import { bytesOfUuid, putUuid, uuidBytes } from "../bytes/uuid.ts";
import { hashBytes } from "../envelope/header.ts";
import type { ProofKey } from "../keys/secret-kinds.ts";
import type { SetHash } from "./set-hash.ts";

const label = utf8("owl1/proof");

/** A collection as one device has it: what a head proof vouches for. */
export interface HeadState {
  /** The server's epoch, a UUID in lower case. */
  readonly epoch: string;
  readonly version: number;
  /** Live records in the set hash. */
  readonly count: number;
  readonly setHash: SetHash;
}

/** The term of one live record; the envelope is told by its hash, as stored, opened or not. */
export function setHashTerm(proofKey: ProofKey, recordId: string, envelopeHash: Uint8Array): Bytes {
  return setHashTermWith(new HmacKey(proofKey.exposeSecretBytes()), recordId, envelopeHash);
}

export function setHashTermWith(proofKey: HmacKey, recordId: string, envelopeHash: Uint8Array): Bytes {
  checkLength(envelopeHash, hashBytes, "the hash of an envelope");
  const id = utf8OfRecordId(recordId);
  const message = new Uint8Array(2 + id.length + hashBytes);
  putU16(message, 0, id.length);
  message.set(id, 2);
  message.set(envelopeHash, 2 + id.length);
  return proofKey.mac(message);
}

/** The MAC over a collection's whole content: whoever has the same records at the same version makes the same. */
export function headProof(
  proofKey: ProofKey,
  place: { readonly accountId: string; readonly keyEpoch: number; readonly dataType: string },
  state: HeadState,
): Bytes {
  const front = proofFront(place.accountId, place.dataType, place.keyEpoch);
  return headProofWith(new HmacKey(proofKey.exposeSecretBytes()), front, state);
}

/** Everything of a proof's message that stays: label, account id, data type, key epoch. */
export function proofFront(accountId: string, dataType: string, keyEpoch: number): Bytes {
  checkKeyEpoch(keyEpoch);
  const epoch = new Uint8Array(4);
  putU32(epoch, 0, keyEpoch);
  return concat(label, bytesOfUuid(accountId, "the account id"), prefixedDataType(dataType), epoch);
}

export function headProofWith(proofKey: HmacKey, front: Bytes, state: HeadState): Bytes {
  checkInteger(state.version, 0, Number.MAX_SAFE_INTEGER, "the version");
  checkInteger(state.count, 0, Number.MAX_SAFE_INTEGER, "the count");
  const rest = new Uint8Array(uuidBytes + 8 + 8);
  putUuid(rest, 0, state.epoch, "the epoch");
  putU64(rest, uuidBytes, state.version);
  putU64(rest, uuidBytes + 8, state.count);
  return proofKey.mac(concat(front, rest, state.setHash.toBytes()));
}

/** In constant time. A proof of another length is simply wrong. */
export function isSameProof(a: Uint8Array, b: Uint8Array): boolean {
  return equalInConstantTime(a, b);
}
