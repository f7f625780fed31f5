import { hash, randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestAccount, type TestServer } from "../../test/support/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ config: { databasePoolSize: 4, databaseLockTimeoutMs: 20_000 } });
});
afterAll(() => server.close());

const record = Buffer.from("ciphertext");
function upload(account: TestAccount) {
  return account.inject({
    method: "POST",
    url: "/api/v1/sync/contacts/delta",
    headers: { "idempotency-key": randomUUID() },
    payload: {
      device_id: account.deviceId,
      changes: [
        {
          record_id: randomUUID(),
          change_type: "insert",
          encrypted_record: record.toString("base64"),
          record_nonce: Buffer.alloc(24, 1).toString("base64"),
          record_checksum: hash("sha256", record, "base64"),
        },
      ],
    },
  });
}
const status = (account: TestAccount) => account.inject({ url: "/api/v1/sync/status" });

test("uploads of one account that wait for a lock cost another account nothing", async () => {
  const [ada, bob] = [await server.register(), await server.register()];
  expect((await upload(ada)).statusCode).toBe(200);
  const holder = await server.database.pool.connect();
  await holder.query("begin");
  await holder.query("select from sync_data where user_id = $1 for update", [ada.userId]);
  const counts = new Map<number, number>();
  const burst = Array.from({ length: 40 }, async () => {
    const reply = await upload(ada);
    counts.set(reply.statusCode, (counts.get(reply.statusCode) ?? 0) + 1);
    if (reply.statusCode === 503) {
      expect([reply.json().code, reply.headers["retry-after"]]).toEqual(["OVERLOADED", "2"]);
    }
  });
  // Two places, half of the pool; 32 uploads wait for them.
  await expect.poll(() => [...counts]).toEqual([[503, 40 - 2 - 32]]);

  expect((await status(bob)).statusCode).toBe(200);
  expect((await upload(bob)).statusCode).toBe(200);

  await holder.query("rollback");
  holder.release();
  await Promise.all(burst);
  expect(counts.get(200)).toBe(2 + 32);
  expect((await upload(ada)).statusCode).toBe(200);
});
