import type { Bytes } from "../bytes/bytes.ts";
import { CryptoError } from "../crypto-error.ts";
import type { CollectionKey } from "../keys/secret-kinds.ts";
import type { RandomBytes } from "../random.ts";
import { associatedFront, openWith, sealWith, type EnvelopeDraft, type OpenedEnvelope } from "./envelope-cipher.ts";

/** Where a record lives: an envelope opens there and nowhere else. */
export interface RecordPlace {
  readonly accountId: string;
  readonly dataType: string;
  readonly recordId: string;
}

export interface SealInput extends RecordPlace, EnvelopeDraft {
  readonly key: CollectionKey;
  readonly keyEpoch: number;
}

export interface OpenInput extends RecordPlace {
  /** The collection key of an epoch, or null. */
  readonly keyOf: (keyEpoch: number) => CollectionKey | null;
}

/** Seals one record or deletion. For many, `Keyring.collection` prepares what they share. */
export function sealEnvelope(input: SealInput, random: RandomBytes): Bytes {
  const front = associatedFront(input.accountId, input.dataType);
  return sealWith(input.key.exposeSecretBytes(), input.keyEpoch, front, input, random);
}

/**
 * Opens an envelope. Throws UNKNOWN_SUITE, INVALID_ENVELOPE, UNKNOWN_KEY_EPOCH, TAMPERED or CONTENT_INVALID; never returns
 * less than the whole content.
 */
export function openEnvelope(input: OpenInput, bytes: Uint8Array): OpenedEnvelope {
  const keyOf = (keyEpoch: number) => {
    const key = input.keyOf(keyEpoch);
    if (key === null) throw new CryptoError("UNKNOWN_KEY_EPOCH", `no key of epoch ${keyEpoch}`, { keyEpoch });
    return key.exposeSecretBytes();
  };
  return openWith(keyOf, associatedFront(input.accountId, input.dataType), input.recordId, bytes);
}
