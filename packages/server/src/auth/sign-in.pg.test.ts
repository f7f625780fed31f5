import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { keySet, sealedFields, startTestServer, type TestServer } from "../../test/support/server.ts";

let server: TestServer;
beforeAll(async () => (server = await startTestServer()));
afterAll(() => server.close());

const post = (url: string, payload: object) =>
  server.app.inject({ method: "POST", url: `/api/v1/auth/${url}`, payload });

describe("registering", () => {
  test("a plain account", async () => {
    const deviceId = randomUUID();
    const account = await server.register({ email: " Ada.Plain@Example.com ", device_id: deviceId.toUpperCase() });
    expect(account.session).toEqual({
      user: {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        email: "ada.plain@example.com",
        kind: "plain",
        encryption_salt: null,
      },
      tokens: {
        access_token: expect.any(String),
        refresh_token: expect.stringMatching(/^[\w-]{43}$/),
        token_type: "Bearer",
        expires_in: 900,
      },
    });
    const devices = (await account.inject({ method: "GET", url: "/api/v1/devices" })).json();
    expect(devices.data).toMatchObject({ total: 1, active: 1, devices: [{ device_id: deviceId, is_current: true }] });
  });

  test("a sealed account, with its id and keys in one transaction", async () => {
    const sealed = sealedFields();
    const account = await server.register({ ...sealed, account_id: sealed.account_id.toUpperCase() });
    expect(account.session.user).toMatchObject({ id: sealed.account_id, kind: "sealed" });
    expect(account.session.keys).toEqual({ version: 1, ...sealed.keys });
    const again = await server.signIn(account);
    expect(again.session.keys).toEqual(account.session.keys);
  });

  test.each(["account_id", "auth_suite", "kdf_seed", "keys", "recovery_auth"] as const)(
    "the fields of a sealed account come together: without %s nothing is made",
    async (missing) => {
      const { [missing]: _, ...rest } = sealedFields();
      const email = `half-${missing}@example.com`;
      const reply = await post("register", { email, password: "long enough", device_id: randomUUID(), ...rest });
      expect(reply.json()).toMatchObject({ code: "INVALID_REQUEST", details: [{ field: `body/${missing}` }] });
      const { rows } = await server.pool.query("select from users where email = $1", [email]);
      expect(rows).toHaveLength(0);
    },
  );

  test("an address is taken whatever its case, an account id too; neither leaves a device behind", async () => {
    const first = await server.register({ ...sealedFields(), email: "Taken@example.com" });
    const body = { password: "long enough", device_id: randomUUID() };
    const sameEmail = await post("register", { ...body, email: "TAKEN@example.com" });
    expect([sameEmail.statusCode, sameEmail.json().code]).toEqual([409, "EMAIL_EXISTS"]);
    const sameId = { ...body, ...sealedFields(), account_id: first.userId, email: "other@example.com" };
    expect((await post("register", sameId)).json().code).toBe("ACCOUNT_ID_EXISTS");
    const { rows } = await server.pool.query("select from devices where device_id = $1", [body.device_id]);
    expect(rows).toHaveLength(0);
  });

  test("of twenty who register one address at once, one gets it", async () => {
    const body = { email: "race@example.com", password: "long enough" };
    const replies = await Promise.all(
      Array.from({ length: 20 }, () => post("register", { ...body, device_id: randomUUID() })),
    );
    expect(replies.filter((reply) => reply.statusCode === 201)).toHaveLength(1);
    expect(new Set(replies.map((reply) => reply.json().code))).toEqual(new Set([undefined, "EMAIL_EXISTS"]));
  });

  test.each([
    ["7 bytes", "1234567", 400],
    ["8 bytes", "12345678", 201],
    ["4 characters of 2 bytes", "éééé", 201],
    ["1024 bytes", "x".repeat(1024), 201],
    ["1025 bytes", "x".repeat(1025), 400],
    ["1026 bytes in 513 characters", "é".repeat(513), 400],
  ])("S44 secrets have 8 to 1024 bytes, whatever they are made of: %s", async (_, password, status) => {
    const reply = await post("register", { email: `${randomUUID()}@example.com`, password, device_id: randomUUID() });
    expect(reply.statusCode).toBe(status);
    if (status === 400)
      expect(reply.json()).toMatchObject({ code: "INVALID_REQUEST", details: [{ field: "body/password" }] });
  });

  test("S44 nothing is cut off: byte 73 counts", async () => {
    const account = await server.register({ password: `${"x".repeat(72)}right` });
    const wrong = { email: account.email, password: `${"x".repeat(72)}wrong`, device_id: account.deviceId };
    expect((await post("login", wrong)).statusCode).toBe(401);
    await server.signIn(account);
  });

  test("a property that is not foreseen is refused", async () => {
    const reply = await post("register", {
      email: "extra@example.com",
      password: "long enough",
      device_id: randomUUID(),
      is_admin: true,
    });
    expect([reply.statusCode, reply.json().code]).toEqual([400, "INVALID_REQUEST"]);
  });

  test("wraps that are not strict base64 are refused", async () => {
    const keys = { ...keySet(1), password_wrap: "_".repeat(108) };
    const body = {
      email: "b64@example.com",
      password: "long enough",
      device_id: randomUUID(),
      ...sealedFields(),
      keys,
    };
    expect((await post("register", body)).json().details).toEqual([
      { field: "body/keys/password_wrap", problem: "is not strict base64" },
    ]);
  });
});

describe("signing in", () => {
  test("S40 in the same second gives other tokens, and both sessions live", async () => {
    const account = await server.register();
    const [one, two] = await Promise.all([server.signIn(account), server.signIn(account)]);
    expect(one.session.tokens.access_token).not.toBe(two.session.tokens.access_token);
    expect(one.session.tokens.refresh_token).not.toBe(two.session.tokens.refresh_token);
    for (const session of [account, one, two]) {
      expect((await session.inject({ url: "/api/v1/devices" })).statusCode).toBe(200);
    }
  });

  test("a device keeps its five newest sessions", async () => {
    const account = await server.register();
    const sessions = [account];
    for (let i = 0; i < 6; i++) sessions.push(await server.signIn(account));
    const statuses = [];
    for (const session of sessions) statuses.push((await session.inject({ url: "/api/v1/devices" })).statusCode);
    expect(statuses).toEqual([401, 401, 200, 200, 200, 200, 200]);
  });

  test("a name and platform that are not sent again stay", async () => {
    const account = await server.register({ device_name: "Desk", platform: "linux" });
    const again = await server.signIn(account);
    const devices = (await again.inject({ url: "/api/v1/devices" })).json().data.devices;
    expect(devices).toMatchObject([{ device_name: "Desk", platform: "linux" }]);
  });

  test("a hundred active devices are enough; one of them may still sign in", async () => {
    const account = await server.register();
    await server.pool.query(
      "insert into devices (user_id, device_id) select $1, gen_random_uuid() from generate_series(1, 99)",
      [account.userId],
    );
    await server.signIn(account);
    const body = { email: account.email, password: account.password, device_id: randomUUID() };
    expect((await post("login", body)).json().code).toBe("TOO_MANY_DEVICES");
    await server.pool.query(
      "update devices set revoked_at = now() where user_id = $1 and device_id = (select device_id from devices where user_id = $1 and device_id <> $2 limit 1)",
      [account.userId, account.deviceId],
    );
    expect((await post("login", body)).statusCode).toBe(200);
  });

  test("S43 a disabled account says so only to who has its secret", async () => {
    const account = await server.register();
    await server.pool.query("update users set disabled_at = now() where user_id = $1", [account.userId]);
    const body = { email: account.email, password: "not the secret", device_id: account.deviceId };
    expect((await post("login", body)).json().code).toBe("INVALID_CREDENTIALS");
    const right = await post("login", { ...body, password: account.password });
    expect([right.statusCode, right.json().code]).toEqual([403, "ACCOUNT_DISABLED"]);
  });
});
