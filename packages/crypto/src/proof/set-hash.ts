import type { Bytes } from "../bytes/bytes.ts";
import { equalInConstantTime } from "../bytes/bytes.ts";
import { checkLength } from "../bytes/check.ts";
import { getU32, putU32 } from "../bytes/integers.ts";

const bytesLength = 32;
const words = bytesLength / 4;

/**
 * A sum of terms modulo 2^256: the same for the same set in any order, and changed in one step by one record. Who can
 * choose terms can forge it, so every term is a MAC.
 */
export class SetHash {
  /** Least significant first. */
  readonly #words: Uint32Array;

  private constructor(words: Uint32Array) {
    this.#words = words;
  }

  static empty(): SetHash {
    return new SetHash(new Uint32Array(words));
  }

  /** The inverse of `toBytes`: for a sum that was stored. */
  static fromBytes(bytes: Uint8Array): SetHash {
    checkLength(bytes, bytesLength, "a set hash");
    return new SetHash(Uint32Array.from({ length: words }, (_, i) => getU32(bytes, bytesLength - 4 - i * 4)));
  }

  /** Adds a term in place. */
  add(term: Uint8Array): this {
    checkLength(term, bytesLength, "a term");
    let carry = 0;
    for (let i = 0; i < words; i += 1) {
      const sum = this.#words[i]! + getU32(term, bytesLength - 4 - i * 4) + carry;
      this.#words[i] = sum;
      carry = sum > 0xffffffff ? 1 : 0;
    }
    return this;
  }

  /** Takes a term back in place. */
  remove(term: Uint8Array): this {
    checkLength(term, bytesLength, "a term");
    let borrow = 0;
    for (let i = 0; i < words; i += 1) {
      const difference = this.#words[i]! - getU32(term, bytesLength - 4 - i * 4) - borrow;
      this.#words[i] = difference;
      borrow = difference < 0 ? 1 : 0;
    }
    return this;
  }

  copy(): SetHash {
    return new SetHash(this.#words.slice());
  }

  equals(other: SetHash): boolean {
    return equalInConstantTime(this.toBytes(), other.toBytes());
  }

  /** 32 bytes, most significant first. */
  toBytes(): Bytes {
    const out = new Uint8Array(bytesLength);
    for (let i = 0; i < words; i += 1) putU32(out, bytesLength - 4 - i * 4, this.#words[i]!);
    return out;
  }
}
