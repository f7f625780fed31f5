import { randomUUID } from "node:crypto";
import type { InjectOptions } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { keySet, sealedFields, startTestServer, type TestAccount, type TestServer } from "../../test/support/server.ts";

let server: TestServer;
let nowMs = Date.now();
beforeAll(async () => (server = await startTestServer({ authPorts: { clock: () => nowMs } })));
afterAll(() => server.close());

const seed = (byte: number) => Buffer.alloc(32, byte).toString("base64");
const rewrap = (version: number, epoch = 1) => ({
  auth_suite: 1,
  kdf_seed: seed(9),
  keys: keySet(epoch, 20 + version),
  keys_version: version,
});
const change = (account: TestAccount, payload: object) =>
  account.inject({ method: "POST", url: "/api/v1/auth/password", payload });
const post = (url: string, payload: object, headers: InjectOptions["headers"] = {}) =>
  server.app.inject({ method: "POST", url: `/api/v1/auth/${url}`, payload, headers });

describe("a new secret", () => {
  test("of a sealed account comes with seed and wraps; the old secret is of no use", async () => {
    const account = await server.register(sealedFields());
    const other = await server.signIn(account);
    const reply = await change(account, { password: account.password, new_password: "another secret", ...rewrap(1) });
    expect(reply.json()).toEqual({ success: true, data: { keys_version: 2, ended_sessions: 1 } });
    expect((await other.inject({ url: "/api/v1/devices" })).statusCode).toBe(401);
    const old = { email: account.email, password: account.password, device_id: account.deviceId };
    expect((await post("login", old)).statusCode).toBe(401);
    const again = await server.signIn(account, { password: "another secret" });
    expect(again.session.keys).toEqual({ version: 2, ...rewrap(1).keys });
    expect((await post("prelogin", { email: account.email })).json().data.kdf_seed).toBe(seed(9));
  });

  test.each(["auth_suite", "kdf_seed", "keys", "keys_version"] as const)(
    "of a sealed account without %s is refused",
    async (missing) => {
      const account = await server.register(sealedFields());
      const { [missing]: _, ...rest } = rewrap(1);
      const reply = await change(account, { password: account.password, new_password: "another secret", ...rest });
      expect(reply.json()).toMatchObject({ code: "INVALID_REQUEST", details: [{ field: `body/${missing}` }] });
      await server.signIn(account);
    },
  );

  test("of a plain account comes with nothing", async () => {
    const account = await server.register();
    const body = { password: account.password, new_password: "another secret" };
    expect((await change(account, { ...body, ...rewrap(1) })).json().code).toBe("PLAIN_ACCOUNT");
    expect((await change(account, body)).statusCode).toBe(200);
    await server.signIn(account, { password: "another secret" });
  });

  test("needs the old one", async () => {
    const account = await server.register();
    const reply = await change(account, { password: "a wrong secret", new_password: "another secret" });
    expect([reply.statusCode, reply.json().code]).toEqual([401, "INVALID_CREDENTIALS"]);
  });

  test("against keys that have changed is refused as a whole", async () => {
    const account = await server.register(sealedFields());
    const body = { password: account.password, new_password: "another secret" };
    const reply = await change(account, { ...body, ...rewrap(7) });
    expect([reply.statusCode, reply.json().code, reply.json().details]).toEqual([409, "KEYS_CHANGED", { version: 1 }]);
    await server.signIn(account);
  });

  test("never lowers the key epoch", async () => {
    const account = await server.register({ ...sealedFields(), keys: keySet(5) });
    const body = { password: account.password, new_password: "another secret" };
    expect((await change(account, { ...body, ...rewrap(1, 4) })).json()).toMatchObject({
      code: "KEY_EPOCH_OUTDATED",
      details: { key_epoch: 5 },
    });
    expect((await change(account, { ...body, ...rewrap(1, 6) })).statusCode).toBe(200);
  });

  test("of ten sent at once one is taken", async () => {
    const account = await server.register(sealedFields());
    const replies = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        change(account, { password: account.password, new_password: `new secret ${i}`, ...rewrap(1) }),
      ),
    );
    expect(replies.filter((reply) => reply.statusCode === 200)).toHaveLength(1);
    const { rows } = await server.pool.query("select keys_version from users where user_id = $1", [account.userId]);
    expect(rows).toEqual([{ keys_version: 2 }]);
  });

  test("leaves the last three key sets", async () => {
    const account = await server.register(sealedFields());
    let password = account.password;
    for (let version = 1; version <= 4; version++) {
      const next = `secret number ${version}`;
      expect((await change(account, { password, new_password: next, ...rewrap(version) })).statusCode).toBe(200);
      password = next;
    }
    const { rows } = await server.pool.query(
      "select version, replaced_at is null as current from account_keys where user_id = $1 order by version",
      [account.userId],
    );
    expect(rows).toEqual([
      { version: 3, current: false },
      { version: 4, current: false },
      { version: 5, current: true },
    ]);
  });
});

describe("recovery", () => {
  const start = async (account: TestAccount, recovery_auth = "recovery secret") =>
    (await post("recover/start", { email: account.email, recovery_auth })).json();
  const finish = (token: string, body: object = {}) =>
    post(
      "recover",
      {
        new_password: "a recovered secret",
        recovery_auth: "a new recovery secret",
        device_id: randomUUID(),
        ...rewrap(1),
        ...body,
      },
      { authorization: `Bearer ${token}` },
    );

  test("proves the recovery key, sets everything anew, ends every session and signs the device in", async () => {
    const account = await server.register(sealedFields());
    const started = await start(account);
    expect(started.data).toEqual({
      recovery_token: expect.any(String),
      expires_in: 600,
      user_id: account.userId,
      keys: { version: 1, ...sealedFields().keys },
    });
    const reply = await finish(started.data.recovery_token);
    expect(reply.json().data).toMatchObject({ user: { id: account.userId }, keys: { version: 2 } });
    expect((await account.inject({ url: "/api/v1/devices" })).json().code).toBe("SESSION_REVOKED");
    const headers = { authorization: `Bearer ${reply.json().data.tokens.access_token}` };
    expect((await server.app.inject({ url: "/api/v1/devices", headers })).statusCode).toBe(200);
    await server.signIn(account, { password: "a recovered secret" });
    expect((await start(account)).code).toBe("INVALID_CREDENTIALS");
    expect((await start(account, "a new recovery secret")).success).toBe(true);
  });

  test("the token is good once, for ten minutes, and for nothing else", async () => {
    const account = await server.register(sealedFields());
    const { recovery_token } = (await start(account)).data;
    const headers = { authorization: `Bearer ${recovery_token}` };
    expect((await server.app.inject({ url: "/api/v1/devices", headers })).json().code).toBe("INVALID_TOKEN");
    expect((await finish(account.session.tokens.access_token)).json().code).toBe("INVALID_TOKEN");
    expect((await finish(recovery_token)).statusCode).toBe(200);
    expect((await finish(recovery_token)).json().code).toBe("INVALID_TOKEN");
    expect((await finish(recovery_token, { keys_version: 2 })).json().code).toBe("INVALID_TOKEN");
    const late = (await start(account, "a new recovery secret")).data;
    nowMs += 10 * 60_000;
    expect((await finish(late.recovery_token, { keys_version: 2 })).json().code).toBe("TOKEN_EXPIRED");
  });

  test("a secret changed meanwhile makes the token worthless", async () => {
    const account = await server.register(sealedFields());
    const { recovery_token } = (await start(account)).data;
    await change(account, { password: account.password, new_password: "another secret", ...rewrap(1) });
    expect((await finish(recovery_token, { keys_version: 2 })).json().code).toBe("INVALID_TOKEN");
  });

  test("frees a login that was locked by guesses", async () => {
    const account = await server.register(sealedFields());
    const wrong = { email: account.email, password: "a wrong secret", device_id: account.deviceId };
    for (let i = 0; i < 11; i++) await post("login", wrong);
    expect((await finish((await start(account)).data.recovery_token)).statusCode).toBe(200);
    await server.signIn(account, { password: "a recovered secret" });
  });

  test("of a disabled account is refused to who has its secret", async () => {
    const account = await server.register(sealedFields());
    const { recovery_token } = (await start(account)).data;
    await server.pool.query("update users set disabled_at = now() where user_id = $1", [account.userId]);
    expect((await start(account)).code).toBe("ACCOUNT_DISABLED");
    expect((await start(account, "a wrong secret")).code).toBe("INVALID_CREDENTIALS");
    expect((await finish(recovery_token)).json().code).toBe("ACCOUNT_DISABLED");
  });
});

describe("S48 the desktop client's salt", () => {
  const put = (account: TestAccount, encryption_salt: string) =>
    account.inject({ method: "PUT", url: "/api/v1/auth/salt", payload: { encryption_salt } });

  test("is set once; the same again is no change, another is refused", async () => {
    const account = await server.register();
    const salt = "c29tZSBzYWx0IG9mIG91cnM=";
    expect((await put(account, salt)).json().data).toEqual({ encryption_salt: salt });
    expect((await put(account, salt)).statusCode).toBe(200);
    const other = await put(account, "YW5vdGhlciBzYWx0IGhlcmU=");
    expect([other.statusCode, other.json().code]).toEqual([409, "SALT_ALREADY_SET"]);
    expect((await server.signIn(account)).session.user.encryption_salt).toBe(salt);
  });

  test("of ten that come at once one is taken", async () => {
    const account = await server.register();
    const replies = await Promise.all(Array.from({ length: 10 }, (_, i) => put(account, `salt-number-${i}-abcdef`)));
    expect(replies.filter((reply) => reply.statusCode === 200)).toHaveLength(1);
  });
});
