import {
  blindRecordId,
  CollectionKey,
  IdKey,
  keyBundleOf,
  readHeader,
  sealEnvelope,
  type Content,
  type CryptoErrorCode,
} from "@owlivion/sync-crypto";
import { loginSalt } from "../../src/login/login-salt.ts";
import { passwordBytes } from "../../src/login/password-bytes.ts";
import { codeOf } from "./expect-code.ts";
import { hex, VectorRandom } from "./random.ts";
import type { VectorFile } from "./vector-file.ts";

const id = "00000000-0000-4000-8000-000000000001";
const stamp = { wallMs: 1, counter: 0, device: id };
const put: Content = { kind: "put", schema: 1, fields: { a: 1 }, stamps: { a: stamp } };
const draft = { accountId: id, dataType: "contacts", recordId: "r", device: id, keyEpoch: 1, rev: 1, content: put };

/** Arguments that no envelope can hold. JSON says all of them, so that every implementation can be asked. */
const drafts: readonly [string, object][] = [
  ["rev 0", { rev: 0 }],
  ["rev -1", { rev: -1 }],
  ["rev 1.5", { rev: 1.5 }],
  ["rev 2^53", { rev: 2 ** 53 }],
  ["key epoch 0", { keyEpoch: 0 }],
  ["key epoch 2^32", { keyEpoch: 2 ** 32 }],
  ["account id in upper case", { accountId: id.replace("8", "A") }],
  ["account id without dashes", { accountId: id.replaceAll("-", "") }],
  ["account id empty", { accountId: "" }],
  ["device in upper case", { device: id.replace("8", "A") }],
  ["data type empty", { dataType: "" }],
  ["data type in upper case", { dataType: "Contacts" }],
  ["data type of 33 characters", { dataType: "a".repeat(33) }],
  ["data type with a digit in front", { dataType: "1a" }],
  ["data type with an umlaut", { dataType: "ä" }],
  ["record id empty", { recordId: "" }],
  ["record id of 256 characters", { recordId: "x".repeat(256) }],
  ["record id with a line break", { recordId: "a\nb" }],
  ["record id with a C1 control", { recordId: "a\u0085b" }],
  ["record id with a lone surrogate", { recordId: "\ud800" }],
  ["schema -1", { content: { ...put, schema: -1 } }],
  ["schema 65536", { content: { ...put, schema: 65_536 } }],
  ["fields an array", { content: { ...put, fields: [], stamps: {} } }],
  ["fields null", { content: { ...put, fields: null, stamps: {} } }],
  ["a stamp of no field", { content: { ...put, stamps: { b: stamp } } }],
  ["a stamp null", { content: { ...put, stamps: { a: null } } }],
  ["wallMs 2^48", { content: { ...put, stamps: { a: { ...stamp, wallMs: 2 ** 48 } } } }],
  ["wallMs -1", { content: { ...put, stamps: { a: { ...stamp, wallMs: -1 } } } }],
  ["wallMs 0.5", { content: { ...put, stamps: { a: { ...stamp, wallMs: 0.5 } } } }],
  ["counter 65536", { content: { ...put, stamps: { a: { ...stamp, counter: 65_536 } } } }],
  [
    "device of a stamp in upper case",
    { content: { ...put, stamps: { a: { ...stamp, device: id.replace("8", "A") } } } },
  ],
  ["a lone surrogate in a value", { content: { ...put, fields: { a: "\udfff" } } }],
  ["a lone surrogate in a key", { content: { ...put, fields: { "\ud800": 1 }, stamps: {} } }],
  ["33 levels", { content: { ...put, fields: { a: JSON.parse("[".repeat(32) + "]".repeat(32)) } } }],
  ["confirmation no UUID", { content: { kind: "tombstone", schema: 1, stamp, confirmation: "yes" } }],
];

const tooLarge: readonly [string, object][] = [
  ["a body above 1 MiB", { content: { ...put, fields: { a: "x".repeat(1_048_576) } } }],
];

/** A JSON reader of a language whose strings are UTF-8 cannot read these: they have a file of their own. */
export function loneSurrogateVectors(): VectorFile {
  return {
    about: "Arguments with lone surrogates, refused with `code`. Of no use where a string cannot hold one",
    cases: allCases().filter(hasLoneSurrogate),
  };
}

export function negativeValueVectors(): VectorFile {
  return {
    about:
      "Arguments that are refused with `code`, and bytes that are no bundle or header. `fieldOfXs` stands for a content with one field `a` of so many letters x",
    cases: allCases().filter((each) => !hasLoneSurrogate(each)),
  };
}

/** JSON.stringify escapes lone surrogates, and only those. */
function hasLoneSurrogate(each: object): boolean {
  return JSON.stringify(each).includes("\\ud");
}

function allCases(): object[] {
  const random = new VectorRandom("negative-values");
  const key = new CollectionKey(random.bytes(32));
  const seal = (input: object) => () => {
    const merged = { ...draft, key, prevHash: null, ...input } as Parameters<typeof sealEnvelope>[0];
    sealEnvelope(merged, random.bytes);
  };
  const sealCases = [
    ...drafts.map(([name, input]) =>
      refusal("sealEnvelope", name, { ...draft, ...input }, "INVALID_VALUE", seal(input)),
    ),
    ...tooLarge.map(([name, input]) => {
      const { code } = refusal("sealEnvelope", name, {}, "RECORD_TOO_LARGE", seal(input));
      return { operation: "sealEnvelope", name, code, input: { ...draft, content: null, fieldOfXs: 1_048_576 } };
    }),
  ];
  const passwords = ["", "\ud800", "a\udc00", "x".repeat(1025), "ü".repeat(513), "ﷺ".repeat(60)].map((password) =>
    refusal("password", `password of ${password.length}`, { password }, "INVALID_VALUE", () => passwordBytes(password)),
  );
  const emails = ["", "  \n", "\ud800@example.com"].map((email) =>
    refusal("salt", "e-mail", { email }, "INVALID_VALUE", () => loginSalt(email, new Uint8Array(32))),
  );
  const seeds = [0, 31, 33].map((length) =>
    refusal("salt", `seed of ${length} bytes`, { email: "a@b.c", seed: "00".repeat(length) }, "INVALID_VALUE", () =>
      loginSalt("a@b.c", new Uint8Array(length)),
    ),
  );
  const idKey = new IdKey(random.bytes(32));
  const naturals = [
    { dataType: "contacts", naturalKey: "\ud800", slot: 0 },
    { dataType: "contacts", naturalKey: "a", slot: -1 },
    { dataType: "contacts", naturalKey: "a", slot: 2 ** 32 },
    { dataType: "contacts", naturalKey: "a", slot: 0.5 },
    { dataType: "Contacts", naturalKey: "a", slot: 0 },
  ].map((input) =>
    refusal("recordId", JSON.stringify(input), input, "INVALID_VALUE", () =>
      blindRecordId(idKey, input.dataType, input.naturalKey, input.slot),
    ),
  );
  return [...sealCases, ...passwords, ...emails, ...seeds, ...naturals, ...bundles(random), ...headers(), ...suites()];
}

function bundles(random: VectorRandom) {
  const entry = (epoch: number) => [0, 0, 0, epoch, ...random.bytes(32)];
  const bundle = (count: number, ...epochs: number[]) => [1, ...random.bytes(32), count, ...epochs.flatMap(entry)];
  const malformed: readonly [string, number[]][] = [
    ["no bytes", []],
    ["a format alone", [1]],
    ["format 0", [0, ...bundle(1, 1).slice(1)]],
    ["format 2", [2, ...bundle(1, 1).slice(1)]],
    ["no account key", bundle(0)],
    ["a count above what is there", bundle(2, 1)],
    ["a count below what is there", bundle(1, 1, 2)],
    ["key epoch 0", bundle(1, 0)],
    ["key epochs descending", bundle(2, 2, 1)],
    ["a key epoch twice", bundle(2, 1, 1)],
    ["a byte less", bundle(1, 1).slice(0, -1)],
    ["a byte more", [...bundle(1, 1), 0]],
    ["54 keys", bundle(54, ...Array.from({ length: 54 }, (_, i) => i + 1))],
    ["255 keys named", bundle(255, 1)],
  ];
  return malformed.map(([name, bytes]) =>
    refusal("keyBundle", name, { bytes: hex(Uint8Array.from(bytes)) }, "CONTENT_INVALID", () =>
      keyBundleOf(Uint8Array.from(bytes)),
    ),
  );
}

/** Headers before any key is looked for. */
function headers() {
  const sealed = sealEnvelope(
    { ...draft, key: new CollectionKey(new Uint8Array(32)), prevHash: null },
    (length) => new Uint8Array(length),
  );
  const withByte = (at: number, value: number) => sealed.with(at, value);
  const malformed: readonly [string, Uint8Array, CryptoErrorCode][] = [
    ["empty", new Uint8Array(0), "INVALID_ENVELOPE"],
    ["101 bytes", sealed.slice(0, 101), "INVALID_ENVELOPE"],
    ["suite 0", withByte(0, 0), "UNKNOWN_SUITE"],
    ["suite 2", withByte(0, 2), "UNKNOWN_SUITE"],
    ["suite 255", withByte(0, 255), "UNKNOWN_SUITE"],
    ["kind 0", withByte(1, 0), "INVALID_ENVELOPE"],
    ["kind 3", withByte(1, 3), "INVALID_ENVELOPE"],
    ["key epoch 0", withByte(5, 0), "INVALID_ENVELOPE"],
    ["rev 0", withByte(29, 0), "INVALID_ENVELOPE"],
    ["rev 2^53 + 1", withByte(23, 0x20), "INVALID_ENVELOPE"],
    ["rev 2^63 + 1", withByte(22, 0x80), "INVALID_ENVELOPE"],
    ["a byte less", sealed.slice(0, -1), "INVALID_ENVELOPE"],
    ["a tag alone", sealed.slice(0, 102), "INVALID_ENVELOPE"],
  ];
  return malformed.map(([name, bytes, code]) =>
    refusal("readHeader", name, { envelope: hex(bytes) }, code, () => readHeader(bytes)),
  );
}

/** Login suites are refused before the password is looked at; a test asks with a password hash that fails. */
function suites() {
  return [0, 2, 3, 255, -1, 1.5].map((suite) => {
    const input = { suite, email: "a@b.c", password: "x" };
    return { operation: "login", name: `suite ${suite}`, code: "UNKNOWN_SUITE", input };
  });
}

function refusal(operation: string, name: string, input: object, code: CryptoErrorCode, run: () => unknown) {
  return { operation, name, code: codeOf(name, [code], run), input };
}
