import { hash, randomInt, randomUUID } from "node:crypto";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Api, type Operation } from "./support/api.ts";
import { arbitraryRequest, type ArbitraryRequest, type Hints } from "./support/arbitrary-request.ts";
import { sealedFields, startTestServer, type TestAccount, type TestServer } from "./support/server.ts";
import { syncClient } from "./support/sync-client.ts";

// Every operation of the OpenAPI document, with requests made from its schemas: no 5xx, no undocumented status, every
// reply fits, and none holds a byte of another account (R26). FUZZ_SEED repeats a run, FUZZ_CASES makes it longer,
// FUZZ_SHARD=1/2 takes every second operation, FUZZ_REPORT appends what was seen to a file, a JSON line for each operation, and a
// run that was stopped goes on behind what its file holds.

const seed = Number(process.env["FUZZ_SEED"] ?? randomInt(2 ** 31));
const cases = Number(process.env["FUZZ_CASES"] ?? 1000);
const [shard = 1, shards = 1] = (process.env["FUZZ_SHARD"] ?? "1/1").split("/").map(Number);
const report = process.env["FUZZ_REPORT"];
const reported = report !== undefined && existsSync(report) ? readFileSync(report, "utf8") : "";
const sideBySide = 8;
const casesInMemory = 1000;

const kinds = ["a plain account", "a sealed account"] as const;
type Kind = (typeof kinds)[number];

/** A secret is hashed for nearly every case, or for a session the next one needs, or it is an export: a tenth of the cases. */
const isCostly = ({ method, path }: Operation, kind: Kind) =>
  /\/auth\/(register|login|logout|password|recover)|\/account\/export/.test(path) ||
  `${method} ${path}` === "DELETE /api/v1/account" ||
  (kind === "a sealed account" && (path.includes("/account/") || method === "DELETE"));
/** The server runs two exports at a time, and answers 503 to more; key sets replace each other. */
const runsAlone = (operation: Operation, kind: Kind) =>
  isCostly(operation, kind) && !operation.path.endsWith("/auth/logout");
/** A success ends the account: the next case needs another one. */
const endsAccount = ({ method, path }: Operation) =>
  /\/auth\/(password|recover)$/.test(path) || `${method} ${path}` === "DELETE /api/v1/account";
const endsSession = ({ path }: Operation) => path.endsWith("/auth/logout");

const base64 = (text: string) => Buffer.from(text).toString("base64");

let server: TestServer;
let api: Api;
let stranger: Stranger;
beforeAll(async () => {
  console.log(`FUZZ_SEED=${seed} FUZZ_CASES=${cases}`);
  server = await startTestServer({ config: { databasePoolWaitMs: 60_000 } });
  api = await Api.of(server.app);
  stranger = await makeStranger();
});
afterAll(() => server.close());

/** A record of both accounts may have it. */
const knownId = "of both";

/** Another account, of which no reply to the first may hold a byte. */
interface Stranger {
  readonly account: TestAccount;
  readonly cursor: string;
  readonly canaries: readonly string[];
}

async function makeStranger(): Promise<Stranger> {
  const canary = (what: string) => `canary-${what}-${randomUUID()}`;
  const [id, text, name, blob] = [canary("id"), canary("text"), canary("name"), canary("blob")];
  const email = `${canary("email")}@example.com`;
  const account = await server.register({ email, device_name: name, password: canary("secret") });
  const contacts = syncClient(api, account);
  await contacts.accepted([{ id, text }]);
  await contacts.accepted([{ id: knownId, text }]);
  await contacts.accepted([{ id, text: `${text} again` }]);
  await contacts.accepted([{ id: `${id} deleted`, type: "delete" }]);
  await storeBlob(account, blob);
  const { next_cursor: cursor } = await contacts.page({ cursor: "initial", limit: 1 });
  const plain = [id, text, name, blob, account.email, account.userId, account.deviceId];
  const coded = [text, blob].map((one) => base64(one).slice(0, 40));
  const tokens = [account.session.tokens.access_token, account.session.tokens.refresh_token];
  return { account, cursor, canaries: [...plain, ...coded, ...tokens] };
}

async function storeBlob(account: TestAccount, text: string): Promise<void> {
  const { status } = await api.call(
    {
      method: "POST",
      url: "/api/v1/sync/upload",
      payload: {
        data_type: "contacts",
        device_id: account.deviceId,
        encrypted_blob: base64(text),
        nonce: base64("n".repeat(24)),
        checksum: hash("sha256", text, "base64"),
      },
    },
    account,
  );
  if (status !== 200) throw new Error(`storing a blob answered ${status}`);
}

/** An account with something in it, and what of it is worth guessing. */
async function furnish(body = {}): Promise<{ account: TestAccount; hints: Hints }> {
  const account = await server.register(body);
  const contacts = syncClient(api, account);
  const ids = ["a", "b", "c", "dead", "ünïcode 😀"];
  const isSealed = "keys" in body;
  if (!isSealed) {
    await contacts.accepted(ids.map((id) => ({ id, text: "x" })));
    await contacts.accepted([{ id: "dead", type: "delete" }]);
    await storeBlob(account, "x");
  }
  const first = await contacts.page({ cursor: "initial", limit: 1 });
  const walking = (await contacts.page({ cursor: "initial", limit: 2 })).next_cursor;
  const now = new Date().toISOString();
  const hints = {
    data_type: [...Array<string>(8).fill("contacts"), "accounts", "signatures", "nonsense"],
    record_id: [...ids, knownId],
    device_id: [...Array<string>(9).fill(account.deviceId), stranger.account.deviceId],
    encryption_salt: [base64("salt of the desktop")],
    "owlivion-password": [account.password],
    cursor: ["initial", first.next_cursor, first.next_cursor, walking, walking, `${walking}x`, stranger.cursor],
    epoch: [first.epoch],
    since: ["1970-01-01T00:00:00Z", now, "2199-01-01T00:00:00+05:45"],
    as_of: ["0", "1", "5", "6", "7", now],
    client_timestamp: [now, "2026-03-01T12:00:00+05:45", "2199-01-01T00:00:00Z"],
    version: [0, 1, 2, 6],
    keys_version: [1, 2],
    email: [account.email, account.email, "nobody@example.com", stranger.account.email],
    user_id: [account.userId, stranger.account.userId],
    account_id: [randomUUID(), stranger.account.userId],
    password: [account.password, "wrong secret of the tests"],
    new_password: [account.password, "another secret of the tests"],
    recovery_auth: ["recovery secret"],
    encrypted_blob: [base64("x"), base64("😀".repeat(50))],
    checksum: [hash("sha256", "x", "base64")],
    nonce: [base64("n".repeat(24))],
    proof: [base64("p".repeat(32))],
    kdf_seed: [base64("s".repeat(32))],
    password_wrap: [base64("w".repeat(80))],
    recovery_wrap: [base64("r".repeat(80))],
    key_epoch: [1, 2],
    auth_suite: [1],
    // The front of an envelope: suite, kind, key epoch.
    text: [isSealed ? `\u0001\u0001\0\0\0\u0001${"x".repeat(120)}` : ""],
    refresh_token: [account.session.tokens.refresh_token],
  };
  return { account, hints };
}

async function send(operation: Operation, request: ArbitraryRequest, account: TestAccount) {
  const { url, token, payload } = request;
  const headers: Record<string, string> = { ...request.headers };
  const isAdmin = operation.security.some((scheme) => "admin" in scheme);
  if (token === "garbage") headers["authorization"] = "Bearer garbage";
  else if (token === "own" && isAdmin) headers["authorization"] = "Bearer admin token of the tests";
  const isOwn = token === "own" && !isAdmin && !operation.path.endsWith("/events"); // that answer would not end
  const answer = await api.call(
    { method: operation.method, url, headers, ...(payload === null ? {} : { payload }) },
    isOwn ? account : null,
  );
  if (answer.status >= 500) throw new Error(`${answer.status} ${answer.code}`);
  // The operator sees every account.
  if (!(isAdmin && token === "own")) assertNothingOf(stranger, answer.bytes, `${url} ${String(payload)}`);
  return answer.status;
}

function assertNothingOf({ canaries }: Stranger, reply: Buffer, request: string): void {
  const asked = `${request} ${decodeURIComponent(request.replaceAll("%", "%25"))}`;
  const leaked = canaries.find((canary) => reply.includes(canary) && !asked.includes(canary));
  if (leaked !== undefined) throw new Error(`the reply holds ${leaked} of another account`);
}

async function operationsOf(): Promise<readonly Operation[]> {
  const probe = await startTestServer();
  try {
    return (await Api.of(probe.app)).operations.filter((_, index) => index % shards === shard - 1);
  } finally {
    await probe.close();
  }
}

/** In portions: a hundred thousand requests at once would not fit into memory. */
function* requestsTo(operation: Operation, kind: Kind, hints: () => Hints, count: number): Iterable<ArbitraryRequest> {
  const first = seed + kinds.indexOf(kind) * 10_000_019;
  for (let made = 0; made < count; made += casesInMemory) {
    const numRuns = Math.min(casesInMemory, count - made);
    yield* fc.sample(arbitraryRequest(operation, hints()), { seed: (first + made) | 0, numRuns });
  }
}

function* inBatches<T>(items: Iterable<T>, size: number): Iterable<readonly T[]> {
  let batch: T[] = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

describe.each((await operationsOf()).map((operation) => [`${operation.method} ${operation.path}`, operation] as const))(
  "%s",
  (name, operation) => {
    test.each(kinds)(
      "%s",
      async (kind) => {
        if (reported.includes(`{"operation":"${name}","kind":"${kind}"`)) return;
        const startedAt = performance.now();
        const make = () => furnish(kind === "a sealed account" ? sealedFields() : {});
        let { account, hints } = await make();
        const count = Math.ceil((isCostly(operation, kind) ? Math.ceil(cases / 10) : cases) / 2);
        const seen: Record<string, number> = {};
        let done = 0;
        const requests = requestsTo(operation, kind, () => hints, count);
        for (const batch of inBatches(requests, runsAlone(operation, kind) ? 1 : sideBySide)) {
          const statuses = await Promise.all(
            batch.map((request) =>
              send(operation, request, account).catch((error: unknown) => {
                const shown = JSON.stringify({ ...request, payload: String(request.payload) });
                throw new Error(`FUZZ_SEED=${seed}: ${shown}`, { cause: error });
              }),
            ),
          );
          done += batch.length;
          for (const status of statuses) seen[status] = (seen[status] ?? 0) + 1;
          const hasSuccess = statuses.some((status) => status < 300);
          if (hasSuccess && endsAccount(operation)) ({ account, hints } = await make());
          else if (hasSuccess && endsSession(operation)) account = await server.signIn(account);
        }
        expect(done).toBe(count);
        const seconds = Math.round((performance.now() - startedAt) / 1000);
        const line = JSON.stringify({ operation: name, kind, seed, cases: done, seconds, statuses: seen });
        if (report !== undefined) appendFileSync(report, `${line}\n`);
      },
      Math.max(600_000, cases * 60),
    );
  },
);
