import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fillAccount, push } from "../../test/support/fill-account.ts";
import { sealedFields, startTestServer, type TestAccount, type TestServer } from "../../test/support/server.ts";
import { eraseMarkedAccounts, markForErasure } from "./erase-account.ts";

let server: TestServer;
beforeAll(async () => (server = await startTestServer()));
afterAll(() => server.close());

const erase = (account: TestAccount, headers = {}) =>
  account.inject({ method: "DELETE", url: "/api/v1/account", headers });

/** The rows about an account in every table that names one, by the catalog. */
async function countRows(userId: string): Promise<Record<string, number>> {
  const { rows } = await server.pool.query<{ table: string; column: string }>(
    `select c.relname as table, a.attname as column from pg_attribute a
     join pg_class c on c.oid = a.attrelid and c.relkind = 'r'
     join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
     where a.attname in ('user_id', 'used_by') and not a.attisdropped`,
  );
  expect(rows.length).toBeGreaterThanOrEqual(11);
  const counts: Record<string, number> = {};
  for (const { table, column } of rows) {
    const sql = `select count(*)::int as n from ${table} where ${column} = $1`;
    counts[table] = (await server.pool.query<{ n: number }>(sql, [userId])).rows[0]?.n ?? 0;
  }
  return counts;
}
const total = async (userId: string) => Object.values(await countRows(userId)).reduce((sum, n) => sum + n, 0);

describe("erasing an account", () => {
  test("leaves no row of it in any table, and every row of the others", async () => {
    const [account, neighbour] = [await server.register(), await server.register()];
    await fillAccount(account);
    await fillAccount(neighbour);
    await server.pool.query(
      `insert into epoch_starts (user_id, data_type, epoch_no, version)
       select $1, data_type, (select max(epoch_no) from epochs), head from sync_data where user_id = $1`,
      [account.userId],
    );
    await server.pool.query(
      "insert into invitations (token_hash, email, expires_at, used_by, used_at) values ('x', $2, now(), $1, now())",
      [account.userId, account.email],
    );
    const before = await countRows(neighbour.userId);
    const own = await countRows(account.userId);
    for (const [table, rows] of Object.entries(own))
      if (table !== "account_keys") expect(rows, table).toBeGreaterThan(0);

    expect((await erase(account)).json()).toEqual({ success: true, data: {} });
    expect(await total(account.userId)).toBe(0);
    expect(await countRows(neighbour.userId)).toEqual(before);
    expect((await account.inject({ url: "/api/v1/devices" })).json().code).toBe("SESSION_REVOKED");
    const { rows } = await server.pool.query("select from users where email = $1", [account.email]);
    expect(rows).toHaveLength(0);
  });

  test("of a sealed account needs the secret; then address and id may be used again", async () => {
    const sealed = sealedFields();
    const account = await server.register(sealed);
    expect((await erase(account)).json().code).toBe("REAUTH_REQUIRED");
    expect((await erase(account, { "owlivion-password": account.password })).statusCode).toBe(200);
    expect(await total(account.userId)).toBe(0);
    await server.register({ ...sealed, email: account.email });
  });

  test("goes in steps of a thousand rows", async () => {
    const account = await server.register();
    for (let batch = 0; batch < 3; batch++) {
      const changes = Array.from({ length: 900 }, (_, i) => ({
        id: `b${batch}r${i}`,
        type: "insert" as const,
        text: "x",
      }));
      await push(account, "contacts", changes);
    }
    expect((await erase(account)).statusCode).toBe(200);
    expect(await total(account.userId)).toBe(0);
  });

  test("that was interrupted leaves an account nobody can use, and is ended later", async () => {
    const account = await server.register();
    await fillAccount(account);
    await markForErasure(server.pool, account.userId);
    expect((await account.inject({ url: "/api/v1/devices" })).statusCode).toBe(401);
    const payload = { email: account.email, password: account.password, device_id: account.deviceId };
    const login = await server.app.inject({ method: "POST", url: "/api/v1/auth/login", payload });
    expect(login.json().code).toBe("ACCOUNT_DISABLED");
    await expect(
      server.pool.query("update users set disabled_at = null where user_id = $1", [account.userId]),
    ).rejects.toThrow("check constraint");
    expect(await eraseMarkedAccounts(server.pool)).toBe(1);
    expect(await total(account.userId)).toBe(0);
  });

  test("waits for a batch that was let in before, and takes what that makes", async () => {
    const account = await server.register();
    const batch = await server.pool.connect();
    await batch.query("begin");
    await batch.query("insert into sync_data (user_id, data_type, epoch_no) values ($1, 1, 1)", [account.userId]);
    await batch.query(
      `insert into deleted_records (user_id, data_type, version, deleted_at, expires_at, stamp_at, stamp_device_id,
         deleted_by_device_id, record_id) values ($1, 1, 1, now(), now(), now(), $2, $2, 'a')`,
      [account.userId, account.deviceId],
    );
    const erasing = erase(account);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await batch.query("commit");
    batch.release();
    expect((await erasing).statusCode).toBe(200);
    expect(await total(account.userId)).toBe(0);
  });

  test("while its device uploads leaves nothing", async () => {
    const account = await server.register();
    const uploading = Array.from({ length: 40 }, (_, i) =>
      push(account, i % 2 === 0 ? "contacts" : "signatures", [{ id: `r${i}`, type: "insert", text: "x" }]).catch(
        () => {},
      ),
    );
    await Promise.race(uploading);
    expect((await erase(account)).statusCode).toBe(200);
    await Promise.all(uploading);
    await server.app.close();
    expect(await total(account.userId)).toBe(0);
  });
});
