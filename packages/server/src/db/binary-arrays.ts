// PostgreSQL's binary format for array parameters. `pg` would send text, which for 1000 rows costs the server several
// times the parsing; a Buffer parameter goes out in binary, its type comes from a cast in the statement.

const oids = { bytea: 17, int8: 20, int2: 21, int4: 23, text: 25, timestamptz: 1184, uuid: 2950 } as const;

/** 2000-01-01T00:00:00Z, where PostgreSQL's binary timestamps begin, in microseconds since 1970. */
export const postgresEpochMicros = 946_684_800_000_000;

function fixedArray(
  oid: number,
  width: number,
  length: number,
  write: (target: Buffer, at: number, i: number) => void,
) {
  if (length === 0) return emptyArray(oid);
  const target = Buffer.allocUnsafe(20 + length * (4 + width));
  writeHeader(target, oid, length);
  for (let i = 0, at = 20; i < length; i += 1, at += 4 + width) {
    target.writeInt32BE(width, at);
    write(target, at + 4, i);
  }
  return target;
}

function writeHeader(target: Buffer, oid: number, length: number): void {
  target.writeInt32BE(1, 0); // dimensions
  target.writeInt32BE(0, 4); // no nulls
  target.writeInt32BE(oid, 8);
  target.writeInt32BE(length, 12);
  target.writeInt32BE(1, 16); // lower bound
}

function emptyArray(oid: number): Buffer {
  const target = Buffer.alloc(12);
  target.writeInt32BE(oid, 8);
  return target;
}

function writeInt64(target: Buffer, value: number, at: number): void {
  target.writeInt32BE(Math.floor(value / 0x1_0000_0000), at);
  target.writeUInt32BE(value >>> 0, at + 4);
}

export const int2Array = (values: readonly number[]) =>
  fixedArray(oids.int2, 2, values.length, (target, at, i) => target.writeInt16BE(values[i]!, at));

export const int4Array = (values: readonly number[]) =>
  fixedArray(oids.int4, 4, values.length, (target, at, i) => target.writeInt32BE(values[i]!, at));

export const int8Array = (values: readonly number[]) =>
  fixedArray(oids.int8, 8, values.length, (target, at, i) => writeInt64(target, values[i]!, at));

/** Microseconds since 1970. */
export const timestamptzArray = (values: readonly number[]) =>
  fixedArray(oids.timestamptz, 8, values.length, (target, at, i) =>
    writeInt64(target, values[i]! - postgresEpochMicros, at),
  );

export const uuidArray = (values: readonly string[]) => {
  const bytes = new Map<string, Buffer>();
  return fixedArray(oids.uuid, 16, values.length, (target, at, i) => {
    const text = values[i]!;
    let value = bytes.get(text);
    if (value === undefined) bytes.set(text, (value = Buffer.from(text.replaceAll("-", ""), "hex")));
    value.copy(target, at);
  });
};

export function textArray(values: readonly string[]): Buffer {
  if (values.length === 0) return emptyArray(oids.text);
  const target = Buffer.allocUnsafe(20 + values.reduce((sum, text) => sum + 4 + text.length * 3, 0));
  writeHeader(target, oids.text, values.length);
  let at = 20;
  for (const text of values) {
    const bytes = target.write(text, at + 4, "utf8");
    target.writeInt32BE(bytes, at);
    at += 4 + bytes;
  }
  return target.subarray(0, at);
}
