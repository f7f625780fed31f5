import fc from "fast-check";
import { limits, readKeyEpoch } from "@owlivion/sync-protocol";
import { expect, test } from "vitest";
import { anyContent } from "../../test/support/any-content.ts";
import { codeOf } from "../../test/support/code-of.ts";
import { AccountKey, IdKey } from "../keys/secret-kinds.ts";
import { deriveCollectionKey } from "../keys/derive.ts";
import { createKeyBundle } from "../keys/key-bundle.ts";
import { Keyring } from "../keys/keyring.ts";
import { systemRandom } from "../random.ts";
import type { Content } from "../content/content.ts";
import { hashEnvelope } from "./hash-envelope.ts";
import { readHeader } from "./header.ts";
import { openEnvelope, sealEnvelope } from "./seal-envelope.ts";

/** How many changed envelopes are tried; a campaign sets 100000 and more. */
const mutatedEnvelopes = Number(process.env["CRYPTO_MUTATIONS"] ?? 20_000);

const accountId = "00000000-0000-4000-8000-000000000001";
const device = "00000000-0000-4000-8000-000000000002";
const keyring = new Keyring(createKeyBundle(systemRandom), accountId);
const contacts = keyring.collection("contacts");
const content: Content = { kind: "put", schema: 1, fields: { name: "Ada" }, stamps: {} };
const draft = { recordId: "record", device, rev: 1, prevHash: null, content };

test("every content comes back from its envelope, with its header", () => {
  fc.assert(
    fc.property(anyContent, fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (each, rev) => {
      const prevHash = rev % 2 === 0 ? null : systemRandom(32);
      const sealed = contacts.seal({ ...draft, rev, prevHash, content: each }, systemRandom);
      const { header, content: opened } = contacts.open("record", sealed);
      expect(opened).toEqual(each);
      expect(header).toMatchObject({ suite: 1, kind: each.kind, keyEpoch: 1, device, rev, prevHash });
      expect(readKeyEpoch(sealed)).toBe(1);
    }),
    { numRuns: 500 },
  );
});

test("no envelope opens once a bit of it is changed, or its length", async () => {
  const sealed = [
    contacts.seal(draft, systemRandom),
    contacts.seal({ ...draft, content: { ...content, fields: { notes: "long ".repeat(2000) } } }, systemRandom),
    contacts.seal(
      {
        ...draft,
        content: { kind: "tombstone", schema: 1, stamp: { wallMs: 1, counter: 0, device }, confirmation: null },
      },
      systemRandom,
    ),
  ];
  const random = systemRandom(mutatedEnvelopes * 4);
  const codes = new Set<string>();
  for (let i = 0; i < mutatedEnvelopes; i += 1) {
    const bytes = sealed[i % sealed.length]!.slice();
    const [a, b, c, d] = random.subarray(i * 4, i * 4 + 4);
    const at = ((a! << 8) | b!) % bytes.length;
    if (d! % 16 === 0) {
      codes.add(await codeOf(() => contacts.open("record", bytes.subarray(0, at))));
    } else {
      bytes[at]! ^= c === 0 ? 1 : c!;
      codes.add(await codeOf(() => contacts.open("record", bytes)));
    }
  }
  expect(codes).not.toContain("accepted");
  for (const code of codes)
    expect(["TAMPERED", "INVALID_ENVELOPE", "UNKNOWN_SUITE", "UNKNOWN_KEY_EPOCH"]).toContain(code);
});

test("an envelope opens at its own place only", async () => {
  const sealed = contacts.seal(draft, systemRandom);
  const other = new Keyring(keyring.bundle, device);
  expect(await codeOf(() => contacts.open("recorD", sealed))).toBe("TAMPERED");
  expect(await codeOf(() => keyring.collection("accounts").open("record", sealed))).toBe("TAMPERED");
  expect(await codeOf(() => other.collection("contacts").open("record", sealed))).toBe("TAMPERED");
});

test("an older key epoch still opens, the newest seals, an unknown one is told apart", async () => {
  const [first] = keyring.bundle.accountKeys;
  const rotated = new Keyring(
    {
      idKey: new IdKey(keyring.bundle.idKey.exposeSecretBytes()),
      accountKeys: [first!, { keyEpoch: 2, key: new AccountKey(systemRandom(32)) }],
    },
    accountId,
  );
  const old = contacts.seal(draft, systemRandom);
  expect(rotated.collection("contacts").open("record", old).content).toEqual(content);
  const fresh = rotated.collection("contacts").seal(draft, systemRandom);
  expect(readHeader(fresh).keyEpoch).toBe(2);
  expect(await codeOf(() => contacts.open("record", fresh))).toBe("UNKNOWN_KEY_EPOCH");
  // Blind ids do not change with the epoch, so that no record gets a second id.
  expect(rotated.collection("contacts").recordId("ada@example.com", 0)).toBe(contacts.recordId("ada@example.com", 0));
});

test("the functions and the keyring open each other's envelopes", () => {
  const place = { accountId, dataType: "contacts", recordId: "record" };
  const key = deriveCollectionKey(keyring.accountKey(1), { ...place, keyEpoch: 1 });
  expect(openEnvelope({ ...place, keyOf: () => key }, contacts.seal(draft, systemRandom)).content).toEqual(content);
  const sealed = sealEnvelope({ ...draft, ...place, key, keyEpoch: 1 }, systemRandom);
  expect(contacts.open("record", sealed).content).toEqual(content);
});

test("the largest record that is sealed is one that the server takes", async () => {
  const noise = (bytes: number) => Buffer.from(systemRandom(Math.floor(bytes * 0.75))).toString("base64");
  const fits = contacts.seal({ ...draft, content: { ...content, fields: { a: noise(257_900) } } }, systemRandom);
  expect(fits.length).toBeLessThanOrEqual(limits.maxRecordBytes);
  const seal = () => contacts.seal({ ...draft, content: { ...content, fields: { a: noise(400_000) } } }, systemRandom);
  expect(await codeOf(seal)).toBe("RECORD_TOO_LARGE");
  expect(contacts.open("record", fits).content.kind).toBe("put");
});

test("nonces differ, lengths tell only their bucket, hashes tell envelopes apart", () => {
  const sealed = Array.from({ length: 200 }, (_, i) => {
    const fields = { name: "x".repeat(i) };
    return contacts.seal({ ...draft, content: { ...content, fields } }, systemRandom);
  });
  expect(new Set(sealed.map((each) => Buffer.from(readHeader(each).nonce).toString("hex"))).size).toBe(200);
  expect(new Set(sealed.map((each) => each.length)).size).toBe(1);
  expect(new Set(sealed.map((each) => Buffer.from(hashEnvelope(each)).toString("hex"))).size).toBe(200);
});

test("a generator that seals while it is asked does not disturb the envelope", () => {
  const inner: Uint8Array[] = [];
  const sealed = contacts.seal(draft, (length) => {
    inner.push(contacts.seal({ ...draft, recordId: "inner" }, systemRandom));
    return systemRandom(length);
  });
  expect(contacts.open("record", sealed).content).toEqual(content);
  expect(contacts.open("inner", inner[0]!).content).toEqual(content);
});
