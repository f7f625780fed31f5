import { hash, randomInt } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Api, type Operation } from "./support/api.ts";
import { arbitraryRequest, type ArbitraryRequest, type Hints } from "./support/arbitrary-request.ts";
import { sealedFields, startTestServer, type TestAccount, type TestServer } from "./support/server.ts";
import { syncClient } from "./support/sync-client.ts";

// Every operation of the OpenAPI document, with requests made from its schemas: no 5xx, no undocumented status, every
// reply fits. FUZZ_SEED repeats a run, FUZZ_CASES makes it longer.

const seed = Number(process.env["FUZZ_SEED"] ?? randomInt(2 ** 31));
const cases = Number(process.env["FUZZ_CASES"] ?? 1000);
const sideBySide = 8;

/** What hashes secrets, makes an account for the next case, or runs one at a time. */
const isCostly = ({ method, path }: Operation) =>
  /\/auth\/(?!salt|refresh|prelogin)|\/account\/export/.test(path) ||
  method === "DELETE" ||
  `${method} ${path}` === "PUT /api/v1/account/keys";
/** A success ends the session or the account: the next case needs another one. */
const endsSession = ({ method, path }: Operation) =>
  /\/auth\/(logout|password|recover)$/.test(path) || `${method} ${path}` === "DELETE /api/v1/account";

const base64 = (text: string) => Buffer.from(text).toString("base64");

let server: TestServer;
let api: Api;
beforeAll(async () => {
  console.log(`FUZZ_SEED=${seed} FUZZ_CASES=${cases}`);
  server = await startTestServer({ config: { databasePoolWaitMs: 60_000 } });
  api = await Api.of(server.app);
});
afterAll(() => server.close());

/** An account with something in it, and what of it is worth guessing. */
async function furnish(body = {}): Promise<{ account: TestAccount; hints: Hints }> {
  const account = await server.register(body);
  const contacts = syncClient(api, account);
  const ids = ["a", "b", "c", "dead", "ünïcode 😀"];
  const isSealed = "keys" in body;
  if (!isSealed) {
    await contacts.accepted(ids.map((id) => ({ id, text: "x" })));
    await contacts.accepted([{ id: "dead", type: "delete" }]);
  }
  const first = await contacts.page({ cursor: "initial", limit: 1 });
  const walking = (await contacts.page({ cursor: "initial", limit: 2 })).next_cursor;
  const now = new Date().toISOString();
  const hints = {
    data_type: ["contacts", "contacts", "contacts", "accounts", "signatures", "nonsense"],
    record_id: ids,
    device_id: [account.deviceId],
    cursor: ["initial", first.next_cursor, walking, `${walking}x`],
    epoch: [first.epoch],
    since: ["1970-01-01T00:00:00Z", now, "2199-01-01T00:00:00+05:45"],
    as_of: ["0", "1", "5", "6", "7", now],
    client_timestamp: [now, "2026-03-01T12:00:00+05:45", "2199-01-01T00:00:00Z"],
    version: [0, 1, 2, 6],
    keys_version: [1, 2],
    email: [account.email, "nobody@example.com"],
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
  return answer.status;
}

async function operationsOf(): Promise<readonly Operation[]> {
  const probe = await startTestServer();
  try {
    return (await Api.of(probe.app)).operations;
  } finally {
    await probe.close();
  }
}

describe.each((await operationsOf()).map((operation) => [`${operation.method} ${operation.path}`, operation] as const))(
  "%s",
  (_name, operation) => {
    test.each(["a plain account", "a sealed account"])(
      "%s",
      async (kind) => {
        const make = () => furnish(kind === "a sealed account" ? sealedFields() : {});
        let { account, hints } = await make();
        const count = Math.ceil((isCostly(operation) ? Math.ceil(cases / 10) : cases) / 2);
        const requests = fc.sample(arbitraryRequest(operation, hints), { seed, numRuns: count });
        const width = isCostly(operation) ? 1 : sideBySide;
        const seen = new Map<number, number>();
        for (let i = 0; i < requests.length; i += width) {
          const batch = requests.slice(i, i + width);
          const statuses = await Promise.all(
            batch.map((request) =>
              send(operation, request, account).catch((error: unknown) => {
                throw new Error(
                  `FUZZ_SEED=${seed}: ${JSON.stringify({ ...request, payload: String(request.payload) })}`,
                  {
                    cause: error,
                  },
                );
              }),
            ),
          );
          for (const status of statuses) seen.set(status, (seen.get(status) ?? 0) + 1);
          if (endsSession(operation) && statuses.some((status) => status < 300)) ({ account, hints } = await make());
        }
        expect([...seen.values()].reduce((sum, n) => sum + n, 0)).toBe(count);
        if (process.env["FUZZ_VERBOSE"] !== undefined) console.log(operation.method, operation.path, kind, seen);
      },
      600_000,
    );
  },
);
