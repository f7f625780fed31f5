import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { recordStatements } from "../../test/support/count-statements.ts";
import { sealedFields, startTestServer, type TestServer } from "../../test/support/server.ts";
import { createSecretHasher, type SecretHasher } from "./secret-hasher.ts";

let server: TestServer;
const verified: boolean[] = [];
let plainEmail: string;
let sealedEmail: string;

beforeAll(async () => {
  const real = await createSecretHasher(2, { memoryKib: 8, passes: 1 });
  const hasher: SecretHasher = {
    ...real,
    verify: (stored, secret) => {
      verified.push(stored !== null);
      return real.verify(stored, secret);
    },
  };
  server = await startTestServer({ authPorts: { hasher } });
  plainEmail = (await server.register()).email;
  sealedEmail = (await server.register(sealedFields())).email;
});
afterAll(() => server.close());

const unknown = () => `unknown-${randomUUID()}@example.com`;

/** What an outsider can see of a request, and what the server does for it. */
async function observe(url: string, payload: object) {
  verified.length = 0;
  let seen: unknown;
  const statements = await recordStatements(server.pool, async () => {
    const reply = await server.app.inject({ method: "POST", url: `/api/v1/auth/${url}`, payload });
    const { date: _, ...headers } = reply.headers;
    seen = { status: reply.statusCode, body: reply.body, headers: Object.keys(headers).sort() };
  });
  return { seen, statements, hashes: verified.length };
}

describe("S43 an outsider cannot tell which addresses have accounts", () => {
  test("signing in with a wrong secret", async () => {
    const body = (email: string) => ({ email, password: "a wrong secret", device_id: randomUUID() });
    const nobody = await observe("login", body(unknown()));
    expect(nobody.hashes).toBe(1);
    expect(nobody.statements).toHaveLength(2);
    expect(await observe("login", body(plainEmail))).toEqual(nobody);
    expect(await observe("login", body(sealedEmail))).toEqual(nobody);
  });

  test("S38 a login that is locked costs no hash, for nobody", async () => {
    const email = unknown();
    const body = { email, password: "a wrong secret", device_id: randomUUID() };
    for (let i = 0; i < 10; i++) await observe("login", body);
    const nobody = await observe("login", body);
    expect([nobody.hashes, (nobody.seen as { status: number }).status]).toEqual([0, 429]);
    const plain = { ...body, email: (await server.register()).email };
    for (let i = 0; i < 10; i++) await observe("login", plain);
    expect(await observe("login", plain)).toEqual(nobody);
  });

  test("starting a recovery with a wrong secret; a plain account has none", async () => {
    const body = (email: string) => ({ email, recovery_auth: "a wrong secret" });
    const nobody = await observe("recover/start", body(unknown()));
    expect([nobody.hashes, nobody.statements.length]).toEqual([1, 2]);
    expect(await observe("recover/start", body(plainEmail))).toEqual(nobody);
    expect(await observe("recover/start", body(sealedEmail))).toEqual(nobody);
  });

  test("prelogin: the same statements, and a seed that looks the same and stays", async () => {
    const ask = async (email: string) => {
      const { seen, statements } = await observe("prelogin", { email });
      return { statements, data: JSON.parse((seen as { body: string }).body).data };
    };
    const stranger = unknown();
    const [nobody, plain, sealed] = [await ask(stranger), await ask(plainEmail), await ask(sealedEmail)];
    expect(plain.statements).toEqual(nobody.statements);
    expect(sealed.statements).toEqual(nobody.statements);
    expect(sealed.data).toEqual({ auth_suite: 1, kdf_seed: sealedFields().kdf_seed });
    for (const { data } of [nobody, plain]) {
      expect(data).toEqual({ auth_suite: 1, kdf_seed: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/) });
    }
    expect((await ask(` ${stranger.toUpperCase()}`)).data).toEqual(nobody.data);
    expect(plain.data.kdf_seed).not.toBe(nobody.data.kdf_seed);
    const restarted = await startTestServer({ database: server.database });
    const reply = await restarted.app.inject({
      method: "POST",
      url: "/api/v1/auth/prelogin",
      payload: { email: stranger },
    });
    expect(reply.json().data).toEqual(nobody.data);
    await restarted.close();
  });

  test("no connection is held while a secret is hashed (S31)", async () => {
    let inUse = -1;
    const slow = await startTestServer({
      database: server.database,
      authPorts: {
        hasher: {
          hash: async () => "",
          assertRoom: () => {},
          verify: async () => {
            inUse = slow.pool.totalCount - slow.pool.idleCount;
            return false;
          },
        },
      },
    });
    const payload = { email: plainEmail, password: "a wrong secret", device_id: randomUUID() };
    await slow.app.inject({ method: "POST", url: "/api/v1/auth/login", payload });
    expect(inUse).toBe(0);
    await slow.close();
  });

  test("with too many waiting to be hashed: 503 with Retry-After, and no guess counted", async () => {
    const hasher = await createSecretHasher(1, { memoryKib: 8 * 1024, passes: 2 });
    const busy = await startTestServer({ database: server.database, authPorts: { hasher } });
    const waiting = Array.from({ length: 33 }, () => hasher.hash("a secret"));
    const payload = { email: unknown(), password: "a wrong secret", device_id: randomUUID() };
    const seen = await recordStatements(busy.pool, async () => {
      const reply = await busy.app.inject({ method: "POST", url: "/api/v1/auth/login", payload });
      expect([reply.statusCode, reply.json().code, reply.headers["retry-after"]]).toEqual([503, "OVERLOADED", "2"]);
    });
    expect(seen).toEqual([]);
    await Promise.all(waiting);
    await busy.close();
  });
});
