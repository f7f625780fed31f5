import { decodePlaintext, paddedLength } from "@owlivion/sync-crypto";
import { deflateSync } from "fflate";
import { codeOf } from "./expect-code.ts";
import { hex } from "./random.ts";
import type { VectorFile } from "./vector-file.ts";

const utf8 = new TextEncoder();
const u16 = (value: number) => [value >>> 8, value & 255];
const u32 = (value: number) => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
const stamp = (wall: number, counter = 0, device = 1) => [
  ...u16(0),
  ...u32(wall),
  ...u16(counter),
  ...Array(15).fill(0),
  device,
];

interface Parts {
  readonly stamps?: readonly number[][];
  readonly stampCount?: number;
  readonly keys?: readonly number[];
  readonly keyCount?: number;
  readonly payload: string | readonly number[];
  readonly payloadLength?: number;
  readonly after?: readonly number[];
}

function putBody({
  stamps = [],
  stampCount,
  keys = [],
  keyCount,
  payload,
  payloadLength,
  after = [],
}: Parts): number[] {
  const bytes = typeof payload === "string" ? [...utf8.encode(payload)] : payload;
  return [
    ...u16(stampCount ?? stamps.length),
    ...stamps.flat(),
    ...u16(keyCount ?? keys.length),
    ...keys.flatMap(u16),
    ...u32(payloadLength ?? bytes.length),
    ...bytes,
    ...after,
  ];
}

interface Frame {
  readonly flags?: number;
  readonly bodyLength?: number;
  readonly paddedTo?: number;
  readonly padding?: number;
}

function frame(body: readonly number[], { flags = 0, bodyLength, paddedTo, padding = 0 }: Frame = {}): Uint8Array {
  const out = new Uint8Array(paddedTo ?? paddedLength(7 + body.length)).fill(padding);
  out.set([0, 1, flags, ...u32(bodyLength ?? body.length), ...body].slice(0, out.length));
  return out;
}

/** Payloads that say something, but not in the one canonical way; beside each how many top-level keys it has. */
const payloads: readonly [string, string | number[], number][] = [
  ["a space", '{"a": 1}', 1],
  ["a space at the end", '{"a":1} ', 1],
  ["a line break", '{"a":1,\n"b":2}', 2],
  ["keys out of order", '{"b":1,"a":2}', 2],
  ["nested keys out of order", '{"a":{"c":1,"b":2}}', 1],
  ["keys in numeric order", '{"9":1,"10":2}', 2],
  ["a key twice", '{"a":1,"a":1}', 1],
  ["a key twice, with two keys", '{"a":1,"a":2}', 2],
  ["1.0", '{"a":1.0}', 1],
  ["1e0", '{"a":1e0}', 1],
  ["-0", '{"a":-0}', 1],
  ["an exponent in upper case", '{"a":1E+21}', 1],
  ["an exponent without sign", '{"a":1e21}', 1],
  ["a leading zero", '{"a":01}', 1],
  ["a number beyond 2^53", '{"a":9007199254740993}', 1],
  ["a number beyond all", '{"a":1e400}', 1],
  ["too many digits", '{"a":0.10000000000000001}', 1],
  ["NaN", '{"a":NaN}', 1],
  ["an escaped letter", '{"a":"\\u0061"}', 1],
  ["an escaped slash", '{"a":"\\/"}', 1],
  ["an escape in upper case", '{"a":"\\u001F"}', 1],
  ["a line break as \\u000a", '{"a":"\\u000a"}', 1],
  ["an escaped emoji", '{"a":"\\ud83e\\udd89"}', 1],
  ["a lone surrogate", '{"a":"\\ud800"}', 1],
  ["a lone low surrogate as key", '{"\\udc00":1}', 1],
  ["a raw control character", '{"a":"\t"}', 1],
  ["an array", "[1]", 0],
  ["null", "null", 0],
  ["a string", '"a"', 0],
  ["nothing", "", 0],
  ["half an object", '{"a":1', 1],
  ["two objects", "{}{}", 0],
  ["single quotes", "{'a':1}", 1],
  ["a trailing comma", '{"a":1,}', 1],
  ["a comment", '{"a":1/**/}', 1],
  ["33 levels", `{"a":${"[".repeat(32)}${"]".repeat(32)}}`, 1],
  ["a byte order mark", [0xef, 0xbb, 0xbf, 0x7b, 0x7d], 0],
  ["UTF-8 cut in a letter", [0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xc3, 0x22, 0x7d], 1],
  ["UTF-8 longer than needed", [0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xc1, 0xa1, 0x22, 0x7d], 1],
  ["UTF-8 of a surrogate", [0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x7d], 1],
  ["UTF-16", [0x7b, 0, 0x7d, 0], 0],
];

const two = '{"a":1,"b":2}';
const bodies: readonly [string, number[]][] = [
  ...payloads.map(([name, payload, keyCount]): [string, number[]] => [
    `payload: ${name}`,
    putBody({ payload, keys: Array<number>(keyCount).fill(0) }),
  ]),
  ["no bytes", []],
  ["one byte", [0]],
  ["a stamp count alone", u16(0)],
  ["no payload length", [...u16(0), ...u16(0)]],
  ["a payload length beyond the end", putBody({ payload: "{}", payloadLength: 3 })],
  ["a payload length before the end", putBody({ payload: "{}", payloadLength: 1 })],
  ["the greatest payload length", putBody({ payload: "{}", payloadLength: 0xffffffff })],
  ["a byte after the payload", putBody({ payload: "{}", after: [0] })],
  ["more stamps named than there", putBody({ payload: "{}", stampCount: 1 })],
  ["65535 stamps named", putBody({ payload: "{}", stampCount: 0xffff })],
  ["65535 keys named", putBody({ payload: "{}", keyCount: 0xffff })],
  ["fewer keys than fields", putBody({ payload: two, keys: [0] })],
  ["more keys than fields", putBody({ payload: two, keys: [0, 0, 0] })],
  ["a stamp that no field has", putBody({ payload: two, stamps: [stamp(1)], keys: [0, 0] })],
  ["a field with a stamp that is not there", putBody({ payload: two, stamps: [stamp(1)], keys: [1, 2] })],
  ["a stamp twice", putBody({ payload: two, stamps: [stamp(1), stamp(1)], keys: [1, 2] })],
  ["stamps out of order", putBody({ payload: two, stamps: [stamp(2), stamp(1)], keys: [1, 2] })],
  ["counters out of order", putBody({ payload: two, stamps: [stamp(1, 2), stamp(1, 1)], keys: [1, 2] })],
  ["devices out of order", putBody({ payload: two, stamps: [stamp(1, 1, 2), stamp(1, 1, 1)], keys: [1, 2] })],
];

const tombstones: readonly [string, number[]][] = [
  ["no bytes", []],
  ["half a stamp", stamp(1).slice(0, 12)],
  ["no flag", stamp(1)],
  ["flag 2", [...stamp(1), 2]],
  ["flag 255", [...stamp(1), 255, ...Array<number>(16).fill(1)]],
  ["a confirmation id that is not flagged", [...stamp(1), 0, ...Array<number>(16).fill(1)]],
  ["a flag without confirmation id", [...stamp(1), 1]],
  ["half a confirmation id", [...stamp(1), 1, ...Array<number>(8).fill(1)]],
  ["a byte after it", [...stamp(1), 0, 0]],
];

const text = putBody({ payload: `{"a":"${"x".repeat(8000)}"}`, keys: [0] });
const deflated = [...deflateSync(Uint8Array.from(text))];
const compressed = (length: number, stream: readonly number[]) => frame([...u32(length), ...stream], { flags: 1 });
const short = putBody({ payload: `{"a":"${"x".repeat(4000)}"}`, keys: [0] });
const bomb = [...deflateSync(new Uint8Array(3_000_000))];

const plaintexts: readonly [string, "put" | "tombstone", Uint8Array][] = [
  ...bodies.map(([name, body]): [string, "put", Uint8Array] => [name, "put", frame(body)]),
  ...tombstones.map(([name, body]): [string, "tombstone", Uint8Array] => [name, "tombstone", frame(body)]),
  ["empty", "put", new Uint8Array(0)],
  ["six bytes", "put", new Uint8Array(6)],
  ["not padded to the floor", "put", frame(putBody({ payload: "{}" }), { paddedTo: 255 })],
  ["padded further than needed", "put", frame(putBody({ payload: "{}" }), { paddedTo: 264 })],
  ["padded with ones", "put", frame(putBody({ payload: "{}" }), { padding: 1 })],
  ["a body length beyond the end", "put", frame(putBody({ payload: "{}" }), { bodyLength: 10_000 })],
  ["the greatest body length", "put", frame(putBody({ payload: "{}" }), { bodyLength: 0xffffffff })],
  ["flag 2", "put", frame(putBody({ payload: "{}" }), { flags: 2 })],
  ["flag 128", "put", frame(putBody({ payload: "{}" }), { flags: 128 })],
  ["a compressed tombstone", "tombstone", frame([...stamp(1), 0], { flags: 1 })],
  ["a put read as a tombstone", "tombstone", frame(putBody({ payload: two, keys: [0, 0] }))],
  ["a tombstone read as a put", "put", frame([...stamp(1), 0])],
  ["compressed: nothing", "put", frame([], { flags: 1 })],
  ["compressed: a length alone", "put", frame(u32(text.length), { flags: 1 })],
  ["compressed: one byte less than named", "put", compressed(text.length + 1, deflated)],
  ["compressed: one byte more than named", "put", compressed(text.length - 1, deflated)],
  ["compressed: a length beyond all bodies", "put", compressed(1_048_577, deflated)],
  ["compressed: the greatest length", "put", compressed(0xffffffff, deflated)],
  ["compressed: length 0", "put", compressed(0, deflated)],
  ["compressed: a byte after the stream", "put", compressed(text.length, [...deflated, 0])],
  ["compressed: the stream twice", "put", compressed(text.length, [...deflated, ...deflated])],
  ["compressed: a stream cut by a byte", "put", compressed(text.length, deflated.slice(0, -1))],
  ["compressed: half a stream", "put", compressed(text.length, deflated.slice(0, deflated.length / 2))],
  ["compressed: a reserved block type", "put", compressed(text.length, [7, ...deflated])],
  ["compressed: too short for it", "put", compressed(short.length, [...deflateSync(Uint8Array.from(short))])],
  ["compressed: not shorter", "put", compressed(text.length, [...deflateSync(Uint8Array.from(text), { level: 0 })])],
  ["compressed: a bomb", "put", compressed(text.length, bomb)],
  ["compressed: a bomb that names its length", "put", compressed(3_000_000, bomb)],
  ["compressed: not canonical inside", "put", unorderedInside()],
];

function unorderedInside(): Uint8Array {
  const body = putBody({ payload: `{"b":"${"x".repeat(8000)}","a":1}`, keys: [0, 0] });
  return compressed(body.length, [...deflateSync(Uint8Array.from(body))]);
}

export function negativeContentVectors(): VectorFile {
  const cases = plaintexts.map(([name, kind, plaintext]) => ({
    name,
    code: codeOf(name, ["CONTENT_INVALID"], () => decodePlaintext(kind, plaintext)),
    kind,
    plaintext: hex(plaintext),
  }));
  return { about: "Authentic plaintexts that are refused with `code`: `kind` is what the header says", cases };
}
