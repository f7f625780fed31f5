import { encodePlaintext, type Content, type Json, type JsonObject, type Stamp } from "@owlivion/sync-crypto";
import { hex, VectorRandom, words } from "./random.ts";
import type { VectorFile } from "./vector-file.ts";

/** Fields as an application may have them, in no order. */
export function randomFields(random: VectorRandom, count: number): JsonObject {
  const entries = Array.from({ length: count }, (_, i): [string, Json] => [
    random.integer(3) === 0 ? `${random.pick(words)}${i}` : `field_${random.integer(1000)}_${i}`,
    randomJson(random, 2),
  ]);
  return Object.fromEntries(entries);
}

function randomJson(random: VectorRandom, depth: number): Json {
  switch (random.integer(depth > 0 ? 8 : 6)) {
    case 0:
      return null;
    case 1:
      return random.integer(2) === 0;
    case 2:
      return random.integer(2 ** 31) - 2 ** 30;
    case 3:
      return (random.integer(2 ** 40) - 2 ** 39) / 2 ** random.integer(60);
    case 4:
    case 5:
      return Array.from({ length: random.integer(4) }, () => random.pick(words)).join(" ");
    case 6:
      return Array.from({ length: random.integer(4) }, () => randomJson(random, depth - 1));
    default:
      return randomFields(random, random.integer(4));
  }
}

export function randomStamp(random: VectorRandom): Stamp {
  return { wallMs: random.integer(2 ** 48), counter: random.integer(0x10000), device: random.uuid() };
}

/** Stamps of some of the fields, few of them distinct. */
export function randomPut(random: VectorRandom, fieldCount: number): Content {
  const fields = randomFields(random, fieldCount);
  const stamps = Array.from({ length: 1 + random.integer(3) }, () => randomStamp(random));
  const stamped = Object.keys(fields).filter(() => random.integer(4) > 0);
  return {
    kind: "put",
    schema: random.integer(0x10000),
    fields,
    stamps: Object.fromEntries(stamped.map((key) => [key, random.pick(stamps)])),
  };
}

export function randomTombstone(random: VectorRandom, isConfirmed: boolean): Content {
  const schema = random.integer(0x10000);
  return { kind: "tombstone", schema, stamp: randomStamp(random), confirmation: isConfirmed ? random.uuid() : null };
}

export function contentVectors(): VectorFile {
  const random = new VectorRandom("contents");
  const device = "00000000-0000-0000-0000-000000000001";
  const last = { wallMs: 2 ** 48 - 1, counter: 0xffff, device: "ffffffff-ffff-ffff-ffff-ffffffffffff" };
  const first = { wallMs: 0, counter: 0, device };
  const put = (fields: JsonObject, stamps: Record<string, Stamp> = {}, schema = 1): Content => {
    return { kind: "put", schema, fields, stamps };
  };
  const contents: Content[] = [
    put({}),
    put({}, {}, 0),
    put({}, {}, 0xffff),
    put({ a: null }, { a: first }),
    put({ a: 1, b: 2 }, { a: first, b: last }),
    put({ a: 1, b: 2 }, { a: last, b: first }),
    put({ a: 1, b: 2, c: 3 }, { a: first, c: { ...first } }),
    put({ a: 1, b: 2, c: 3 }, { a: first, b: { ...first, counter: 1 }, c: { ...first, device: last.device } }),
    put(JSON.parse('{"__proto__":{"x":1},"a":1}') as JsonObject),
    put({ 10: "ten", 9: "nine", a: "letter" }, { 9: first }),
    put({ notes: "x".repeat(4000) }),
    put({ notes: "x".repeat(20_000) }, { notes: first }),
    put({ notes: "Die Eule 🦉 ".repeat(1000), list: Array.from({ length: 500 }, (_, i) => i) }),
    put({ random: hex(random.bytes(4000)) }),
    // Each field with a stamp of its own, more than the encoder looks back over.
    put(
      Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`f${i}`, i])),
      Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`f${i}`, { ...first, wallMs: (i * 17) % 23 }])),
    ),
    { kind: "tombstone", schema: 0, stamp: first, confirmation: null },
    { kind: "tombstone", schema: 0xffff, stamp: last, confirmation: last.device },
  ];
  for (let i = 0; i < 220; i += 1) contents.push(randomPut(random, random.integer(14)));
  for (let i = 0; i < 40; i += 1) contents.push(randomTombstone(random, i % 2 === 0));
  const cases = contents.map((content) => {
    const plaintext = encodePlaintext(content, 262_042);
    return { content, compressed: plaintext[2] === 1, plaintext: hex(plaintext) };
  });
  return {
    about: "Contents and their plaintexts. A compressed one has to be read as it is, but may be written otherwise",
    cases,
  };
}
