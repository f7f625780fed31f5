import { putU16, putU32 } from "./integers.ts";
import type { Bytes } from "./bytes.ts";

/** More is not kept. */
const maxKeptBytes = 256 * 1024;
const firstBytes = 4096;

/**
 * Memory that is used again, call after call: making buffers for each record would cost as much as half of its cipher.
 * What was in it is overwritten when the work ends, also when it fails.
 */
export class Workspace {
  #writer = new ByteWriter();
  #isBusy = false;

  /** Work within work, as by a getter of a caller's object, gets memory of its own. */
  use<T>(work: (writer: ByteWriter) => T): T {
    if (this.#isBusy) return wiped(new ByteWriter(), work);
    this.#isBusy = true;
    try {
      return wiped(this.#writer, work);
    } finally {
      if (this.#writer.bytes.length > maxKeptBytes) this.#writer = new ByteWriter();
      this.#isBusy = false;
    }
  }
}

function wiped<T>(writer: ByteWriter, work: (writer: ByteWriter) => T): T {
  try {
    return work(writer);
  } finally {
    writer.wipe();
  }
}

/** Writes at `at` and goes on; what lies beyond it is zero. `bytes` changes when it grows: take it anew after writing. */
export class ByteWriter {
  bytes: Bytes = new Uint8Array(firstBytes);
  at = 0;
  /** Nothing was written from here on. */
  #end = 0;

  /** Makes room for so many bytes more. */
  reserve(count: number): void {
    const needed = this.at + count;
    if (needed > this.#end) this.#end = needed;
    if (needed <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    grown.set(this.bytes);
    this.bytes.fill(0);
    this.bytes = grown;
  }

  /** Leaves out so many bytes, which stay zero until they are written. */
  skip(count: number): void {
    this.reserve(count);
    this.at += count;
  }

  u16(value: number): void {
    this.reserve(2);
    putU16(this.bytes, this.at, value);
    this.at += 2;
  }

  u32(value: number): void {
    this.reserve(4);
    putU32(this.bytes, this.at, value);
    this.at += 4;
  }

  /** Takes back what was written from `at` on. */
  cut(at: number): void {
    this.bytes.fill(0, at, this.at);
    this.at = at;
  }

  append(part: Uint8Array): void {
    this.reserve(part.length);
    this.bytes.set(part, this.at);
    this.at += part.length;
  }

  wipe(): void {
    this.bytes.fill(0, 0, this.#end);
    this.at = 0;
    this.#end = 0;
  }
}
