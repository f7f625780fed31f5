import {
  type CollectionKeyring,
  type Content,
  type EnvelopeHeader,
  hashEnvelope,
  readHeader,
} from "@owlivion/sync-crypto";
import { envelope } from "@owlivion/sync-protocol";

/** An envelope with a true header around content that anybody can read: the decisions look at nothing else. */
export interface OpenedFake {
  readonly header: EnvelopeHeader;
  readonly hash: Uint8Array;
  readonly content: Content;
}

const utf8 = { encode: new TextEncoder(), decode: new TextDecoder() };
const at = { kind: 1, keyEpoch: 2, device: 6, rev: 22, prevHash: 30, nonce: 62 } as const;

/** What planPush asks of a keyring. */
export function fakeKeyring(): CollectionKeyring {
  let nonces = 0;
  const seal: CollectionKeyring["seal"] = ({ device, rev, prevHash, content }) => {
    const text = utf8.encode.encode(JSON.stringify(content));
    const bytes = new Uint8Array(envelope.headerBytes + envelope.tagBytes + (text.length <= 256 ? 256 : 1024));
    const view = new DataView(bytes.buffer);
    bytes[0] = envelope.suite;
    bytes[at.kind] = envelope.kinds[content.kind];
    view.setUint32(at.keyEpoch, 1);
    bytes.set(Buffer.from(device.replaceAll("-", ""), "hex"), at.device);
    view.setBigUint64(at.rev, BigInt(rev));
    if (prevHash !== null) bytes.set(prevHash, at.prevHash);
    view.setUint32(at.nonce, (nonces += 1));
    bytes.set(text, envelope.headerBytes);
    return bytes;
  };
  // Of a keyring only `seal` is asked here; its other half would need keys.
  return { seal } as CollectionKeyring;
}

const opened = new WeakMap<Uint8Array, OpenedFake>();

export function openFake(bytes: Uint8Array): OpenedFake {
  const before = opened.get(bytes);
  if (before !== undefined) return before;
  const end = bytes.indexOf(0, envelope.headerBytes);
  const content = JSON.parse(utf8.decode.decode(bytes.subarray(envelope.headerBytes, end))) as Content;
  const fake = { header: readHeader(bytes), hash: hashEnvelope(bytes), content };
  opened.set(bytes, fake);
  return fake;
}
