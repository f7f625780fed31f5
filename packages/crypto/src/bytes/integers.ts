/** Unsigned big-endian integers in place, so that the hot paths need no DataView. */

export function putU16(out: Uint8Array, at: number, value: number): void {
  out[at] = value >>> 8;
  out[at + 1] = value;
}

export function putU32(out: Uint8Array, at: number, value: number): void {
  out[at] = value >>> 24;
  out[at + 1] = value >>> 16;
  out[at + 2] = value >>> 8;
  out[at + 3] = value;
}

/** A safe integer in six bytes. */
export function putU48(out: Uint8Array, at: number, value: number): void {
  putU16(out, at, Math.floor(value / 0x100000000));
  putU32(out, at + 2, value % 0x100000000);
}

/** A safe integer in eight bytes. */
export function putU64(out: Uint8Array, at: number, value: number): void {
  putU32(out, at, Math.floor(value / 0x100000000));
  putU32(out, at + 4, value % 0x100000000);
}

export function getU16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

export function getU32(bytes: Uint8Array, at: number): number {
  return bytes[at]! * 0x1000000 + ((bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!);
}

export function getU48(bytes: Uint8Array, at: number): number {
  return getU16(bytes, at) * 0x100000000 + getU32(bytes, at + 2);
}

/** May exceed what a number holds exactly: the caller checks `Number.isSafeInteger`. */
export function getU64(bytes: Uint8Array, at: number): number {
  return getU32(bytes, at) * 0x100000000 + getU32(bytes, at + 4);
}
