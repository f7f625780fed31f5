import { format, inspect } from "node:util";
import { expect, test } from "vitest";
import { systemRandom } from "../random.ts";
import { createKeyBundle } from "./key-bundle.ts";
import { Keyring } from "./keyring.ts";
import { AccountKey, AuthSecret, BlobKey, IdKey, KeyEncryptionKey, RecoveryKey } from "./secret-kinds.ts";

const bytes = Uint8Array.from({ length: 32 }, (_, i) => 200 + (i % 50));
const accountId = "00000000-0000-4000-8000-000000000001";

/** Every way in which the bytes could show. */
const traces = [
  Buffer.from(bytes).toString("hex"),
  Buffer.from(bytes).toString("base64"),
  Buffer.from(bytes).toString("base64url"),
  [...bytes].join(","),
  [...bytes].join(", "),
].map((trace) => trace.slice(0, 20));

const secrets = [
  new AccountKey(bytes),
  new IdKey(bytes),
  new KeyEncryptionKey(bytes),
  new AuthSecret(bytes),
  new BlobKey(bytes),
  new RecoveryKey(bytes.subarray(0, 20)),
];

test.each(secrets)("$kind is redacted however it is printed", (secret) => {
  const printed = [
    String(secret),
    `${secret}`,
    JSON.stringify(secret),
    JSON.stringify({ deep: [secret] }),
    inspect(secret),
    inspect({ deep: { secret } }, { depth: null, showHidden: true }),
    format("%s %o %O %j", secret, secret, secret, secret),
    JSON.stringify(structuredClone(secret)),
    JSON.stringify({ ...secret }),
    JSON.stringify(Object.getOwnPropertyNames(secret)),
  ].join("\n");
  for (const trace of traces) expect(printed).not.toContain(trace);
  expect(String(secret)).toBe(`[${secret.kind}: redacted]`);
});

test("a structured clone holds no byte of a secret", () => {
  const clone = structuredClone(secrets[0]!) as unknown as Record<string, unknown>;
  expect(Object.keys(clone)).toEqual(["kind"]);
  expect(clone["exposeSecretBytes"]).toBeUndefined();
});

test("a keyring is redacted too, with all it holds", () => {
  const bundle = { ...createKeyBundle(systemRandom), idKey: new IdKey(bytes) };
  const keyring = new Keyring(bundle, accountId);
  keyring.collection("contacts").recordId("a", 0);
  const printed = [String(keyring), JSON.stringify(keyring), inspect(keyring, { depth: null, showHidden: true })].join(
    "\n",
  );
  for (const trace of traces) expect(printed).not.toContain(trace);
});

test("a secret keeps a copy, and is of no use once wiped", () => {
  const given = bytes.slice();
  const secret = new AccountKey(given);
  given.fill(0);
  const exposed = secret.exposeSecretBytes();
  expect(exposed).toEqual(bytes);
  secret.wipe();
  expect(exposed).toEqual(new Uint8Array(32));
  expect(() => secret.exposeSecretBytes()).toThrow(expect.objectContaining({ code: "SECRET_WIPED" }));
});

test("secrets are compared by kind and bytes", () => {
  expect(new AccountKey(bytes).equals(new AccountKey(bytes))).toBe(true);
  expect(new AccountKey(bytes).equals(new IdKey(bytes))).toBe(false);
  expect(new AccountKey(bytes).equals(new AccountKey(systemRandom(32)))).toBe(false);
});

test("a key of another length is refused", () => {
  expect(() => new AccountKey(bytes.subarray(1))).toThrow(expect.objectContaining({ code: "INVALID_VALUE" }));
});

test("a wiped keyring opens and proves nothing any more", () => {
  const keyring = new Keyring(createKeyBundle(systemRandom), accountId);
  const contacts = keyring.collection("contacts");
  contacts.setHashTerm("r", new Uint8Array(32));
  keyring.wipe();
  expect(() => contacts.recordId("a", 0)).toThrow(expect.objectContaining({ code: "SECRET_WIPED" }));
  expect(() => contacts.setHashTerm("r", new Uint8Array(32))).toThrow(
    expect.objectContaining({ code: "SECRET_WIPED" }),
  );
});
