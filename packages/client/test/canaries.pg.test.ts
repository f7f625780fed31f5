import { afterAll, beforeAll, expect, test } from "vitest";
import type { Account, Contact, Preference, Signature } from "@owlivion/sync-client";
import { createLogger } from "../../server/src/cli/create-logger.ts";
import { startTestServer, type TestServer } from "../../server/test/support/server.ts";
import { settle } from "./support/household.ts";
import { openDevice, type SyncedDevice } from "./support/people.ts";
import { carefulPerson } from "./support/test-device.ts";

// E-I1, R20: random words are planted wherever a person writes, and looked for in everything that leaves the device, in every
// table of the database and in the server's log. What DESIGN 6 lists is visible: e-mail, data types, device name, times, sizes.

const logged: string[] = [];
let server: TestServer;
beforeAll(async () => {
  const logger = createLogger("trace", { write: (line) => void logged.push(line) });
  server = await startTestServer({ logger, log: logger });
});
afterAll(() => server.close());

/** A word that nothing else contains. */
const canary = (kind: string): string =>
  `${kind}${Buffer.from(crypto.getRandomValues(new Uint8Array(9))).toString("hex")}`;

/** The word in every form in which it could lie somewhere. */
function formsOf(word: string): Map<string, Buffer> {
  const bytes = Buffer.from(word);
  const forms = new Map<string, Buffer>([
    ["plain", bytes],
    ["lower case", Buffer.from(word.toLowerCase())],
    ["hex", Buffer.from(bytes.toString("hex"))],
    ["HEX", Buffer.from(bytes.toString("hex").toUpperCase())],
    ["UTF-16 LE", Buffer.from(word, "utf16le")],
    ["UTF-16 BE", Buffer.from(word, "utf16le").swap16()],
    ["URL", Buffer.from(encodeURIComponent(word))],
  ]);
  // Base64 of it at each of three places, without what its neighbours change.
  for (const before of [0, 1, 2]) {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString("base64")
      .replaceAll("=", "");
    const inner = text.slice(before === 0 ? 0 : before + 1, -2);
    forms.set(`base64+${before}`, Buffer.from(inner));
    forms.set(`base64url+${before}`, Buffer.from(inner.replaceAll("+", "-").replaceAll("/", "_")));
  }
  return forms;
}

function expectBlind(words: readonly string[], haystack: Buffer, where: string): void {
  for (const word of words) {
    for (const [form, bytes] of formsOf(word)) {
      expect(haystack.includes(bytes), `${word} as ${form} in ${where}`).toBe(false);
    }
  }
}

test("the search finds what is there, in every form", () => {
  const word = canary("w");
  for (const [form, bytes] of formsOf(word)) {
    const place = Buffer.concat([Buffer.from("some"), bytes, Buffer.from("thing")]);
    expect(() => expectBlind([word], place, form)).toThrow(word);
  }
  for (const before of ["", "a", "ab", "abc"]) {
    const text = Buffer.from(Buffer.from(`${before}${word}after`).toString("base64"));
    expect(() => expectBlind([word], text, "base64")).toThrow(word);
  }
});

test("E-I1: nothing a person writes leaves the device readable", async () => {
  const words = Object.fromEntries(
    [
      "password",
      "newPassword",
      "name",
      "mail",
      "notes",
      "field",
      "key",
      "value",
      "signature",
      "host",
      "id",
      "conflict",
      "deleted",
    ].map((kind) => [kind, canary(kind)]),
  ) as Record<string, string>;
  const email = `visible-${crypto.randomUUID()}@example.com`;
  const person = carefulPerson();
  const devices: SyncedDevice[] = [];
  for (let i = 0; i < 2; i += 1) {
    const device = await openDevice(server.app);
    if (i === 0) await device.sync.signUp({ email, password: words["password"]!, confirmRecoveryKey: person.confirm });
    else await device.sync.signIn({ email, password: words["password"]!, deviceName: "visible device name" });
    devices.push(device);
  }
  const [a, b] = devices as [SyncedDevice, SyncedDevice];
  const contacts = a.sync.collection<Contact>("contacts");
  const id = await contacts.put({
    name: words["name"]!,
    emails: [`${words["mail"]}@example.com`],
    notes: words["notes"]!,
  });
  await contacts.put({ name: "long", notes: words["notes"]!.repeat(400) });
  await a.sync.collection("contacts").put({ name: "x", [words["field"]!]: 1 });
  await a.sync.collection<Preference>("preferences").put({ key: words["key"]!, value: words["value"]! });
  await a.sync.collection<Signature>("signatures").put({ name: words["signature"]!, text: words["signature"]! });
  await a.sync.collection<Account>("accounts").put({ email: `${words["mail"]}@example.com`, imapHost: words["host"]! });
  await settle(a, b);
  await b.sync.collection<Contact>("contacts").patch(id, { notes: words["conflict"]! });
  await contacts.patch(id, { notes: `${words["conflict"]}2` });
  const gone = await contacts.put({ name: words["deleted"]!, emails: [`${words["deleted"]}@example.com`] });
  await settle(b, a);
  await contacts.delete(gone);
  await settle(a, b);
  const [conflict] = [...(await a.sync.conflicts.list()), ...(await b.sync.conflicts.list())];
  expect(conflict).toBeDefined();
  await a.sync.changePassword({ password: words["password"]!, newPassword: words["newPassword"]! });
  await a.sync.signOut();

  const secret = [...Object.values(words), ...person.keys, ...person.keys.map((key) => key.replaceAll("-", ""))];
  for (const { network } of devices) {
    const sent = network.sent.flatMap(({ path, headers, body }) => [Buffer.from(path + JSON.stringify(headers)), body]);
    expectBlind(secret, Buffer.concat(sent), "what was sent");
    expectBlind(secret, Buffer.from(network.replies.join("\n")), "what was answered");
  }
  const tables = await server.pool.query<{ name: string }>(
    "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')",
  );
  expect(tables.rows.length).toBeGreaterThan(10);
  for (const { name } of tables.rows) {
    const { rows } = await server.pool.query(`select * from ${name}`);
    const values = rows.flatMap((row) => Object.values(row as object));
    const bytes = values.map((value) => (Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value) ?? "")));
    expectBlind(secret, Buffer.concat(bytes), name);
  }
  expect(logged.length).toBeGreaterThan(10);
  expectBlind(secret, Buffer.from(logged.join("\n")), "the log");
});
