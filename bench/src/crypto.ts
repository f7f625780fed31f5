import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import {
  createKeyBundle,
  hashEnvelope,
  Keyring,
  systemRandom,
  type EnvelopeDraft,
  type JsonObject,
  type Stamp,
} from "@owlivion/sync-crypto";
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { interleave, median } from "./measure.ts";

const rounds = Number(process.env["BENCH_ROUNDS"] ?? 20);
const count = 10_000;
const payloadBytes = 1024;
const goal = 1.8;
const headerBytes = 86;
const tagBytes = 16;

/** Sealing and opening whole records beside nothing but the cipher on the same bytes, in one run. */
const accountId = crypto.randomUUID();
const devices = [crypto.randomUUID(), crypto.randomUUID()] as const;
const collection = new Keyring(createKeyBundle(systemRandom), accountId).collection("contacts");
const drafts = Array.from({ length: count }, (_, i) => draft(i));
const envelopes = drafts.map((each) => collection.seal(each, systemRandom));
const hashes = envelopes.map(hashEnvelope);

const key = systemRandom(32);
// Nonces are ready made on both sides: the operating system's generator would be most of what differs between machines.
const nonces = envelopes.map(() => systemRandom(24));
const bare = envelopes.map((envelope) => ({
  nonce: envelope.slice(headerBytes - 24, headerBytes),
  // As much as an envelope's: label, account id, data type, record id, header.
  associated: systemRandom(13 + 16 + 9 + 24 + headerBytes),
  plaintext: systemRandom(envelope.length - headerBytes - tagBytes),
}));
const sealed = bare.map((each) => xchacha20poly1305(key, each.nonce, each.associated).encrypt(each.plaintext));

const times = await interleave(rounds, {
  bareSeal: async () => {
    for (let i = 0; i < count; i += 1) {
      const { associated, plaintext } = bare[i]!;
      xchacha20poly1305(key, nonces[i]!, associated).encrypt(plaintext);
    }
  },
  seal: async () => {
    for (let i = 0; i < count; i += 1) collection.seal(drafts[i]!, () => nonces[i]!);
  },
  bareOpen: async () => {
    for (let i = 0; i < count; i += 1) {
      const { nonce, associated } = bare[i]!;
      xchacha20poly1305(key, nonce, associated).decrypt(sealed[i]!);
    }
  },
  open: async () => {
    for (let i = 0; i < count; i += 1) collection.open(drafts[i]!.recordId, envelopes[i]!);
  },
  hash: async () => {
    for (const envelope of envelopes) hashEnvelope(envelope);
  },
  term: async () => {
    for (let i = 0; i < count; i += 1) collection.setHashTerm(drafts[i]!.recordId, hashes[i]!);
  },
  recordId: async () => {
    for (let i = 0; i < count; i += 1) collection.recordId(`person${i}@example.com`, 0);
  },
});
report();

function draft(i: number): EnvelopeDraft {
  const stamp = (ageMs: number): Stamp => ({ wallMs: 1.7e12 - ageMs, counter: i % 7, device: devices[i % 2]! });
  const [made, edited] = [stamp(1000), stamp(0)];
  const fields = withNotes({
    name: `Person Number ${i}`,
    first_name: "Person",
    last_name: `Number ${i}`,
    emails: [
      { label: "work", address: `person${i}@example.com` },
      { label: "home", address: `p${i}@example.org` },
    ],
    phones: [{ label: "mobile", number: `+49 30 ${1_000_000 + i}` }],
    company: "Example Ltd",
    title: "Engineer",
    favourite: i % 5 === 0,
    birthday: "1985-12-10",
    addresses: [{ street: "Große Straße 1", city: "Zürich", zip: "8001", country: "CH" }],
    groups: ["friends", "book club"],
  });
  const stamps = Object.fromEntries(Object.keys(fields).map((key, at) => [key, at % 3 === 0 ? edited : made]));
  return {
    recordId: collection.recordId(`person${i}@example.com`, 0),
    device: devices[0],
    rev: 2,
    prevHash: systemRandom(32),
    content: { kind: "put", schema: 1, fields, stamps },
  };
}

/** Fills up to the payload's length with a text that has a line break and an umlaut. */
function withNotes(fields: JsonObject): JsonObject {
  const room = payloadBytes - new TextEncoder().encode(JSON.stringify({ ...fields, notes: "" })).length;
  const text = "Met at the conference in München.\nLikes tea, dislikes meetings. ";
  const notes = text.repeat(20).slice(0, room);
  const over = new TextEncoder().encode(JSON.stringify({ ...fields, notes })).length - payloadBytes;
  return { ...fields, notes: notes.slice(0, room - over) };
}

function report(): void {
  const ms = (values: readonly number[]) => median(values).toFixed(0);
  const ratio = (values: readonly number[], base: readonly number[]) => (median(values) / median(base)).toFixed(2);
  const microseconds = (values: readonly number[]) => ((median(values) * 1000) / count).toFixed(1);
  const text = [
    "# Cryptography",
    "",
    `Node ${process.version}, ${cpus().length} cores, one used. ${count.toLocaleString("en")} records of ${payloadBytes} bytes of JSON, ${envelopes[0]!.length} bytes an envelope;`,
    `medians of ${rounds} interleaved rounds after a warm-up. Bare is the AEAD call alone, on as many bytes, with as much`,
    "associated data; nonces are ready made on both sides. Made by `npm run bench:crypto`.",
    "",
    "| | bare, ms | whole, ms | × | goal |",
    "|---|---|---|---|---|",
    `| seal | ${ms(times.bareSeal)} | ${ms(times.seal)} | ${ratio(times.seal, times.bareSeal)} | ≤ ${goal} |`,
    `| open | ${ms(times.bareOpen)} | ${ms(times.open)} | ${ratio(times.open, times.bareOpen)} | ≤ ${goal} |`,
    "",
    "| | µs each |",
    "|---|---|",
    `| hash of an envelope | ${microseconds(times.hash)} |`,
    `| set hash term | ${microseconds(times.term)} |`,
    `| blind record id | ${microseconds(times.recordId)} |`,
    "",
  ].join("\n");
  console.log(text);
  writeFileSync(new URL("../results/crypto.md", import.meta.url), text);
}
