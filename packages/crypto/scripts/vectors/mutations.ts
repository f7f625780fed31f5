/** A mutation of some bytes, and what it is called. */
export interface Mutation {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Every field with its first and last bit flipped, filled with zeros and ones, and taken from another structure. */
export function mutateFields(
  base: Uint8Array,
  other: Uint8Array,
  fields: Readonly<Record<string, readonly [number, number]>>,
): Mutation[] {
  return Object.entries(fields).flatMap(([field, [from, to]]) => {
    const mutations = [
      { name: `${field}: first bit flipped`, bytes: changed(base, (bytes) => (bytes[from]! ^= 0x80)) },
      { name: `${field}: last bit flipped`, bytes: changed(base, (bytes) => (bytes[to - 1]! ^= 1)) },
      { name: `${field}: all zero`, bytes: changed(base, (bytes) => bytes.fill(0, from, to)) },
      { name: `${field}: all ones`, bytes: changed(base, (bytes) => bytes.fill(255, from, to)) },
      { name: `${field}: of another`, bytes: changed(base, (bytes) => bytes.set(other.slice(from, to), from)) },
    ];
    return mutations.filter(({ bytes }) => !isEqual(bytes, base));
  });
}

/** Cut and extended at both ends. */
export function mutateLength(base: Uint8Array, cuts: readonly number[]): Mutation[] {
  return [
    ...cuts.map((length) => ({ name: `cut to ${length} bytes`, bytes: base.slice(0, length) })),
    { name: "without its last byte", bytes: base.slice(0, -1) },
    { name: "without its first byte", bytes: base.slice(1) },
    { name: "a zero more at its end", bytes: extended(base, 0, 1) },
    { name: "a zero more at its front", bytes: extended(base, 1, 0) },
    { name: "twice", bytes: Uint8Array.from([...base, ...base]) },
  ];
}

function changed(base: Uint8Array, change: (bytes: Uint8Array) => unknown): Uint8Array {
  const copy = base.slice();
  change(copy);
  return copy;
}

function extended(base: Uint8Array, front: number, end: number): Uint8Array {
  const out = new Uint8Array(front + base.length + end);
  out.set(base, front);
  return out;
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
