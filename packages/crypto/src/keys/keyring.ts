import { HmacKey } from "../bytes/hmac-key.ts";
import { bytesOfUuid } from "../bytes/uuid.ts";
import { CryptoError } from "../crypto-error.ts";
import { deriveLocalKey } from "../blob/blob-keys.ts";
import { CollectionKeyring } from "./collection-keyring.ts";
import { currentKeyEpoch, type KeyBundle } from "./key-bundle.ts";
import type { AccountKey, BlobKey } from "./secret-kinds.ts";

/** An unlocked account: its keys, and what is derived from them, made once for each collection. */
export class Keyring {
  readonly accountId: string;
  readonly bundle: KeyBundle;
  /** The epoch that is sealed with. Older ones only open. */
  readonly keyEpoch: number;
  readonly #idHmac: HmacKey;
  readonly #collections = new Map<string, CollectionKeyring>();

  constructor(bundle: KeyBundle, accountId: string) {
    bytesOfUuid(accountId, "the account id");
    this.accountId = accountId;
    this.bundle = bundle;
    this.keyEpoch = currentKeyEpoch(bundle);
    this.#idHmac = new HmacKey(bundle.idKey.exposeSecretBytes());
  }

  collection(dataType: string): CollectionKeyring {
    const known = this.#collections.get(dataType);
    if (known !== undefined) return known;
    const collection = new CollectionKeyring(this, dataType, this.#idHmac);
    this.#collections.set(dataType, collection);
    return collection;
  }

  hasKeyEpoch(keyEpoch: number): boolean {
    return this.bundle.accountKeys.some((entry) => entry.keyEpoch === keyEpoch);
  }

  /** Throws UNKNOWN_KEY_EPOCH. */
  accountKey(keyEpoch: number): AccountKey {
    const entry = this.bundle.accountKeys.find((each) => each.keyEpoch === keyEpoch);
    if (entry === undefined) throw new CryptoError("UNKNOWN_KEY_EPOCH", `no key of epoch ${keyEpoch}`, { keyEpoch });
    return entry.key;
  }

  /** A key for blobs of the account that stay on a device, such as an index; `label` says of which. */
  localKey(label: string): BlobKey {
    return deriveLocalKey(this.accountKey(this.keyEpoch), this.accountId, label);
  }

  /** Wipes the bundle and everything derived from it; the keyring is of no use afterwards. */
  wipe(): void {
    this.bundle.idKey.wipe();
    for (const { key } of this.bundle.accountKeys) key.wipe();
    this.#idHmac.wipe();
    for (const collection of this.#collections.values()) collection.wipe();
    this.#collections.clear();
  }

  toString(): string {
    return `[Keyring of ${this.accountId}: redacted]`;
  }

  toJSON(): string {
    return this.toString();
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}
