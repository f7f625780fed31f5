import type { Bytes } from "../bytes/bytes.ts";
import { prefixedDataType } from "../bytes/check.ts";
import { HmacKey } from "../bytes/hmac-key.ts";
import {
  associatedFront,
  openWith,
  sealWith,
  type EnvelopeDraft,
  type OpenedEnvelope,
} from "../envelope/envelope-cipher.ts";
import { blindRecordIdWith } from "../ids/record-id.ts";
import { headProofWith, isSameProof, proofFront, setHashTermWith, type HeadState } from "../proof/head-proof.ts";
import type { RandomBytes } from "../random.ts";
import { deriveCollectionKey, deriveProofKey } from "./derive.ts";
import type { CollectionKey, AccountKey } from "./secret-kinds.ts";

/** What a collection needs of its keyring. */
interface AccountKeys {
  readonly accountId: string;
  readonly keyEpoch: number;
  accountKey(keyEpoch: number): AccountKey;
}

interface Prover {
  readonly hmac: HmacKey;
  readonly front: Bytes;
}

/** One collection of an unlocked account: seals, opens, names and proves, with everything shared prepared. */
export class CollectionKeyring {
  readonly dataType: string;
  readonly #account: AccountKeys;
  readonly #idHmac: HmacKey;
  readonly #prefixedType: Bytes;
  readonly #front: Bytes;
  readonly #keysByEpoch = new Map<number, CollectionKey>();
  readonly #proversByEpoch = new Map<number, Prover>();

  constructor(account: AccountKeys, dataType: string, idHmac: HmacKey) {
    this.dataType = dataType;
    this.#account = account;
    this.#idHmac = idHmac;
    this.#prefixedType = prefixedDataType(dataType);
    this.#front = associatedFront(account.accountId, dataType);
  }

  /** Seals under the current key epoch. Throws RECORD_TOO_LARGE or INVALID_VALUE before anything is encrypted. */
  seal(draft: EnvelopeDraft, random: RandomBytes): Bytes {
    const { keyEpoch } = this.#account;
    return sealWith(this.#keyOf(keyEpoch), keyEpoch, this.#front, draft, random);
  }

  /** Throws UNKNOWN_SUITE, INVALID_ENVELOPE, UNKNOWN_KEY_EPOCH, TAMPERED or CONTENT_INVALID. */
  open(recordId: string, bytes: Uint8Array): OpenedEnvelope {
    return openWith((keyEpoch) => this.#keyOf(keyEpoch), this.#front, recordId, bytes);
  }

  /** The blind record id of a natural key; `slot` 0 is the first to try. */
  recordId(naturalKey: string, slot: number): string {
    return blindRecordIdWith(this.#idHmac, this.#prefixedType, naturalKey, slot);
  }

  /** The term of one live record, under the current key epoch unless another is named. */
  setHashTerm(recordId: string, envelopeHash: Uint8Array, keyEpoch = this.#account.keyEpoch): Bytes {
    return setHashTermWith(this.#prover(keyEpoch).hmac, recordId, envelopeHash);
  }

  /** The head proof of a state whose set hash was made under the same key epoch. */
  prove(state: HeadState, keyEpoch = this.#account.keyEpoch): Bytes {
    const { hmac, front } = this.#prover(keyEpoch);
    return headProofWith(hmac, front, state);
  }

  verify(state: HeadState, proof: Uint8Array, keyEpoch = this.#account.keyEpoch): boolean {
    return isSameProof(this.prove(state, keyEpoch), proof);
  }

  wipe(): void {
    for (const key of this.#keysByEpoch.values()) key.wipe();
    for (const { hmac } of this.#proversByEpoch.values()) hmac.wipe();
    this.#keysByEpoch.clear();
    this.#proversByEpoch.clear();
  }

  #keyOf(keyEpoch: number): Uint8Array {
    let key = this.#keysByEpoch.get(keyEpoch);
    if (key === undefined) {
      key = deriveCollectionKey(this.#account.accountKey(keyEpoch), this.#place(keyEpoch));
      this.#keysByEpoch.set(keyEpoch, key);
    }
    return key.exposeSecretBytes();
  }

  #prover(keyEpoch: number): Prover {
    let prover = this.#proversByEpoch.get(keyEpoch);
    if (prover === undefined) {
      const key = deriveProofKey(this.#account.accountKey(keyEpoch), this.#place(keyEpoch));
      const front = proofFront(this.#account.accountId, this.dataType, keyEpoch);
      prover = { hmac: new HmacKey(key.exposeSecretBytes()), front };
      key.wipe();
      this.#proversByEpoch.set(keyEpoch, prover);
    }
    return prover;
  }

  #place(keyEpoch: number) {
    return { accountId: this.#account.accountId, keyEpoch, dataType: this.dataType };
  }
}
