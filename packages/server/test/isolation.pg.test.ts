import { hash, randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Api, type Operation } from "./support/api.ts";
import { arbitraryRequest, type Hints } from "./support/arbitrary-request.ts";
import { keySet, sealedFields, startTestServer, type TestAccount, type TestServer } from "./support/server.ts";
import { syncClient } from "./support/sync-client.ts";

// Every operation of the OpenAPI document, called by the owner's revoked device, by nobody, and by another user who
// knows all of the owner's identifiers: no byte of the owner's comes out, and nothing of the owner's changes.

const taint = "TAINTED";
const base64 = (text: string) => Buffer.from(text).toString("base64");
/** In each of the forms in which bytes leave the server. */
const taints = [
  taint,
  ...[0, 1, 2].map((shift) => base64(`${"x".repeat(shift)}${taint}`).slice(4, 9)),
  Buffer.from(taint).toString("hex"),
];

let server: TestServer;
let api: Api;
let owner: TestAccount;
let revoked: TestAccount;
let stranger: TestAccount;
let hints: Hints;

beforeAll(async () => {
  server = await startTestServer();
  api = await Api.of(server.app);
  const name = { device_name: `${taint} laptop`, password: "a secret that only the owner knows" };
  const wraps = { ...keySet(1), password_wrap: base64(taint.repeat(10)), recovery_wrap: base64(taint.repeat(10)) };
  owner = await server.register({ ...sealedFields(), keys: wraps, email: `${taint}@example.com`, ...name });
  revoked = await server.signIn(owner, { device_id: randomUUID() });
  const envelope = `\u0001\u0001\0\0\0\u0001${taint.repeat(30)}`;
  const contacts = syncClient(api, owner);
  await contacts.accepted([
    { id: "a", text: envelope },
    { id: "dead", text: envelope },
    { id: "dead", type: "delete", text: envelope },
  ]);
  const blob = {
    data_type: "contacts",
    encrypted_blob: base64(envelope),
    nonce: base64("n".repeat(24)),
    device_id: owner.deviceId,
  };
  await expectOk(owner, {
    method: "POST",
    url: "/api/v1/sync/upload",
    payload: { ...blob, checksum: hash("sha256", envelope, "base64") },
  });
  const pages = [
    await contacts.page({ cursor: "initial", limit: 1 }),
    await contacts.page({ cursor: "initial", tombstones: true, limit: 1 }),
  ];
  const password = { "owlivion-password": owner.password };
  await expectOk(owner, { method: "DELETE", url: `/api/v1/devices/${revoked.deviceId}`, headers: password });

  stranger = await server.register();
  await syncClient(api, stranger).accepted([{ id: "own", text: "x" }]);
  hints = {
    data_type: ["contacts"],
    record_id: ["a", "dead"],
    device_id: [owner.deviceId, revoked.deviceId],
    cursor: pages.map((page) => page.next_cursor),
    epoch: pages.map((page) => page.epoch),
    since: ["1970-01-01T00:00:00Z"],
    as_of: ["1", "2"],
    version: [0, 1, 3],
    user_id: [owner.userId],
    account_id: [owner.userId],
    email: [owner.email, stranger.email],
    password: ["a wrong secret", stranger.password],
    refresh_token: ["garbage"],
    encrypted_blob: [base64("x")],
    checksum: [hash("sha256", "x", "base64")],
    nonce: [base64("n".repeat(24))],
    proof: [base64("p".repeat(32))],
  };
});
afterAll(() => server.close());

async function expectOk(account: TestAccount, call: Parameters<Api["call"]>[0]): Promise<void> {
  const { status, code } = await api.call(call, account);
  expect([status, code]).toEqual([200, null]);
}

/** Everything the database holds of the owner, but for when he was last seen and his own downloads, written late. */
async function contentOf(userId: string): Promise<unknown> {
  const { rows: tables } = await server.database.pool.query<{ name: string }>(
    `select table_name as name from information_schema.columns join information_schema.tables using (table_schema, table_name)
      where column_name = 'user_id' and table_schema = 'public' and table_type = 'BASE TABLE' order by 1`,
  );
  expect(tables.length).toBeGreaterThan(8);
  const content: Record<string, unknown> = {};
  for (const { name } of tables) {
    const { rows } = await server.database.pool.query(
      `select to_jsonb(t) - 'last_seen_at' - 'last_sync_at' as row from ${name} t where user_id = $1
        and coalesce(to_jsonb(t) ->> 'action' not like '%download', true) order by 1`,
      [userId],
    );
    content[name] = rows;
  }
  return content;
}

const isSecured = (operation: Operation, scheme: string) => operation.security.some((one) => scheme in one);

/** Requests of an operation, made from its schemas with the owner's identifiers in them. */
const requestsOf = (operation: Operation) => fc.sample(arbitraryRequest(operation, hints), { seed: 7, numRuns: 60 });

describe.each(await operationNames())("%s %s", (method, path) => {
  const operation = () => api.operations.find((one) => one.method === method && one.path === path)!;

  test("S42 a revoked device and nobody get in nowhere", async () => {
    const { security } = operation();
    if (security.length === 0) return;
    for (const { url, headers, payload } of requestsOf(operation())) {
      const call = { method, url, headers: { ...headers }, ...(payload === null ? {} : { payload }) };
      const anonymous = await api.call(call, null);
      const ended = await api.call(call, revoked);
      if (anonymous.code === "NOT_FOUND") continue; // the path was broken
      // The recovery token comes with a body that anybody may send; it is looked at first.
      const refusals = isSecured(operation(), "recovery") ? [400, 401, 415] : [401];
      for (const { status } of [anonymous, ended]) expect(refusals).toContain(status);
      if (isSecured(operation(), "bearer")) {
        expect([anonymous.code, ended.code]).toEqual(["AUTHENTICATION_REQUIRED", "SESSION_REVOKED"]);
      }
    }
  });

  test("another user gets nothing of the owner's and changes nothing", async () => {
    if (path.endsWith("/events")) return; // its answer does not end; events/events.pg.test.ts listens to it
    let other = stranger;
    const before = await contentOf(owner.userId);
    for (const { url, headers, payload } of requestsOf(operation())) {
      // What the owner is known by, in his own device's place too.
      const call = { method, url, headers: { ...headers }, ...(payload === null ? {} : { payload }) };
      const answer = await api.call(call, other);
      const text = answer.bytes.toString("latin1");
      for (const form of taints) expect([url, text]).not.toContainEqual(expect.stringContaining(form));
      if (isSecured(operation(), "admin")) expect(answer.status).toBe(401);
      if (answer.status < 300 && /logout|password|recover|account$/.test(path)) other = await server.register();
    }
    expect(await contentOf(owner.userId)).toEqual(before);
  });
});

test("the taint is there to be found: the owner gets it", async () => {
  const texts = [];
  for (const path of [
    "sync/contacts/delta?cursor=initial",
    "sync/contacts/deleted?since=1970-01-01T00:00:00Z",
    "sync/contacts/records/a/history",
    "sync/download?data_type=contacts",
    "sync/contacts",
    "account/keys",
    "devices",
  ]) {
    const headers = { "owlivion-password": owner.password };
    texts.push((await api.call({ url: `/api/v1/${path}`, headers }, owner)).bytes.toString());
  }
  for (const text of texts) expect(taints.some((form) => text.includes(form))).toBe(true);
});

async function operationNames(): Promise<[Operation["method"], string][]> {
  const probe = await startTestServer();
  const names = (await Api.of(probe.app)).operations.map(({ method, path }): [Operation["method"], string] => [
    method,
    path,
  ]);
  await probe.close();
  return names;
}
