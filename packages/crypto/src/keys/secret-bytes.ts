import { equalInConstantTime } from "../bytes/bytes.ts";
import { checkLength } from "../bytes/check.ts";
import { CryptoError } from "../crypto-error.ts";

/**
 * A key that cannot be printed, put into JSON or cloned by accident. The bytes stand in a private field, so a structured
 * clone of it is an empty object. `kind` keeps the compiler from taking one key for another.
 */
export abstract class SecretBytes {
  abstract readonly kind: string;
  readonly #bytes: Uint8Array;
  #wiped = false;

  /** Keeps a copy: what the caller does with its bytes does not reach the key. */
  protected constructor(bytes: Uint8Array, length: number, name: string) {
    checkLength(bytes, length, name);
    this.#bytes = bytes.slice();
  }

  /** The key itself, not a copy: never log it, store it only sealed, do not change it. */
  exposeSecretBytes(): Uint8Array {
    if (this.#wiped) throw new CryptoError("SECRET_WIPED", "the key was wiped");
    return this.#bytes;
  }

  equals(other: SecretBytes): boolean {
    return this.kind === other.kind && equalInConstantTime(this.exposeSecretBytes(), other.exposeSecretBytes());
  }

  /** Overwrites the bytes. Copies that a runtime made on its own cannot be reached. */
  wipe(): void {
    this.#bytes.fill(0);
    this.#wiped = true;
  }

  toString(): string {
    return `[${this.kind}: redacted]`;
  }

  toJSON(): string {
    return this.toString();
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}
