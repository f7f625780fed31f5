import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { keySet, sealedFields, startTestServer, type TestAccount, type TestServer } from "../../test/support/server.ts";

let server: TestServer;
beforeAll(async () => (server = await startTestServer()));
afterAll(() => server.close());

const get = (account: TestAccount, secret = account.password) =>
  account.inject({ url: "/api/v1/account/keys", headers: secret === "" ? {} : { "owlivion-password": secret } });
const put = (account: TestAccount, payload: object) =>
  account.inject({ method: "PUT", url: "/api/v1/account/keys", payload });

describe("the wrapped keys", () => {
  test("are given to who proves the secret again", async () => {
    const account = await server.register(sealedFields());
    expect((await get(account)).json().data).toEqual({
      version: 1,
      ...sealedFields().keys,
      updated_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    });
    expect((await get(account, "")).json().code).toBe("REAUTH_REQUIRED");
    expect((await get(account, "a wrong secret")).json().code).toBe("INVALID_CREDENTIALS");
  });

  test("are replaced by compare-and-set, the secret in the body", async () => {
    const account = await server.register(sealedFields());
    const { password } = account;
    expect((await put(account, { version: 1, keys: keySet(2, 5) })).json().code).toBe("REAUTH_REQUIRED");
    expect((await put(account, { password, version: 1, keys: keySet(2, 5) })).json().data).toEqual({ version: 2 });
    expect((await put(account, { password, version: 1, keys: keySet(2, 6) })).json()).toMatchObject({
      code: "KEYS_CHANGED",
      details: { version: 2 },
    });
    expect((await put(account, { password, version: 2, keys: keySet(1, 6) })).json().code).toBe("KEY_EPOCH_OUTDATED");
    expect((await get(account)).json().data).toMatchObject({ version: 2, ...keySet(2, 5) });
  });

  test("come with a new recovery secret when the recovery key is a new one", async () => {
    const account = await server.register(sealedFields());
    const body = { password: account.password, version: 1, keys: keySet(1, 5) };
    expect((await put(account, { ...body, recovery_auth: "short" })).json().code).toBe("INVALID_REQUEST");
    expect((await put(account, { ...body, recovery_auth: "a new recovery secret" })).statusCode).toBe(200);
    const start = async (recovery_auth: string) => {
      const payload = { email: account.email, recovery_auth };
      return (await server.app.inject({ method: "POST", url: "/api/v1/auth/recover/start", payload })).statusCode;
    };
    expect([await start("recovery secret"), await start("a new recovery secret")]).toEqual([401, 200]);
  });

  test("a plain account has none and is asked for no secret", async () => {
    const account = await server.register();
    expect((await get(account, "")).json().code).toBe("PLAIN_ACCOUNT");
    expect((await put(account, { version: 1, keys: keySet(1) })).json().code).toBe("PLAIN_ACCOUNT");
  });
});
