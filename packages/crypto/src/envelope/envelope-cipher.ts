import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { limits } from "@owlivion/sync-protocol";
import { concat, utf8, type Bytes } from "../bytes/bytes.ts";
import { prefixedDataType, utf8OfRecordId } from "../bytes/check.ts";
import { putU16 } from "../bytes/integers.ts";
import { bytesOfUuid } from "../bytes/uuid.ts";
import { Workspace } from "../bytes/workspace.ts";
import type { Content } from "../content/content.ts";
import { decodePlaintext, writePlaintext } from "../content/plaintext.ts";
import { CryptoError } from "../crypto-error.ts";
import type { RandomBytes } from "../random.ts";
import {
  headerBytes,
  maxEnvelopeBytes,
  nonceBytes,
  overheadBytes,
  putHeader,
  readHeader,
  type EnvelopeHeader,
} from "./header.ts";

const label = utf8("owl1/envelope");
const tagBytes = overheadBytes - headerBytes;

/** What one change says. Where it belongs is bound to it besides. */
export interface EnvelopeDraft {
  readonly recordId: string;
  /** The device that seals, a UUID in lower case. */
  readonly device: string;
  readonly rev: number;
  readonly prevHash: Uint8Array | null;
  readonly content: Content;
}

export interface OpenedEnvelope<C extends Content = Content> {
  readonly header: EnvelopeHeader;
  readonly content: C;
}

/** The front of the associated data of one collection: label, account id, data type. */
export function associatedFront(accountId: string, dataType: string): Bytes {
  return concat(label, bytesOfUuid(accountId, "the account id"), prefixedDataType(dataType));
}

/** The longest associated data but its front: the record id, four bytes a character, and the header; then the text. */
const maxAssociatedRestBytes = 2 + 4 * limits.maxRecordIdChars + headerBytes;
const workspace = new Workspace();

/** Seals under a raw key; the key's epoch goes into the header. */
export function sealWith(
  key: Uint8Array,
  keyEpoch: number,
  front: Bytes,
  draft: EnvelopeDraft,
  random: RandomBytes,
): Bytes {
  const { device, rev, prevHash, content, recordId } = draft;
  const { kind } = content;
  const nonce = random(nonceBytes);
  const textAt = startOfText(front);
  return workspace.use((writer) => {
    writer.skip(textAt);
    const length = writePlaintext(writer, content, maxEnvelopeBytes[kind] - overheadBytes);
    writer.skip(tagBytes);
    const { bytes } = writer;
    const headerStart = putPlace(bytes, front, recordId);
    putHeader(bytes, headerStart, { kind, keyEpoch, device, rev, prevHash, nonce });
    const associated = bytes.subarray(0, headerStart + headerBytes);
    const sealed = bytes.subarray(textAt, textAt + length + tagBytes);
    xchacha20poly1305(key, nonce, associated).encrypt(sealed.subarray(0, length), sealed);
    const out = new Uint8Array(headerBytes + sealed.length);
    out.set(associated.subarray(headerStart));
    out.set(sealed, headerBytes);
    return out;
  });
}

/** Opens what `sealWith` made for this place; `keyOf` finds the raw key of an epoch. */
export function openWith(
  keyOf: (keyEpoch: number) => Uint8Array,
  front: Bytes,
  recordId: string,
  bytes: Uint8Array,
): OpenedEnvelope {
  const header = readHeader(bytes);
  const key = keyOf(header.keyEpoch);
  const textAt = startOfText(front);
  const length = bytes.length - overheadBytes;
  return workspace.use((writer) => {
    writer.skip(textAt + length);
    const work = writer.bytes;
    const headerStart = putPlace(work, front, recordId);
    work.set(bytes.subarray(0, headerBytes), headerStart);
    const plaintext = work.subarray(textAt, textAt + length);
    decrypt(key, header.nonce, work.subarray(0, headerStart + headerBytes), bytes.subarray(headerBytes), plaintext);
    return { header, content: decodePlaintext(header.kind, plaintext) };
  });
}

/** Where the text stands in the workspace: after the associated data, on a boundary on which the cipher is faster. */
function startOfText(front: Bytes): number {
  return Math.ceil((front.length + maxAssociatedRestBytes) / 8) * 8;
}

/** Writes the associated data up to the header and tells where that begins. */
function putPlace(out: Uint8Array, front: Bytes, recordId: string): number {
  const id = utf8OfRecordId(recordId);
  out.set(front);
  putU16(out, front.length, id.length);
  out.set(id, front.length + 2);
  return front.length + 2 + id.length;
}

function decrypt(key: Uint8Array, nonce: Uint8Array, associated: Bytes, sealed: Uint8Array, out: Uint8Array): void {
  try {
    xchacha20poly1305(key, nonce, associated).decrypt(sealed, out);
  } catch {
    // One answer for every cause: which it was is nothing a server may learn from what a client does.
    throw new CryptoError("TAMPERED", "the envelope was changed, moved, or sealed with another key");
  }
}
