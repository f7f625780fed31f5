import { hash } from "node:crypto";
import { uploadedChange, type ChangeInput } from "./batches.ts";
import type { TestAccount } from "./server.ts";

/** Something of everything an account can have: records, replaced ones, a tombstone and a blob, in two collections. */
export async function fillAccount(account: TestAccount): Promise<void> {
  for (const dataType of ["contacts", "signatures"]) {
    await push(account, dataType, [
      { id: "ada", type: "insert", text: `ada of ${dataType}` },
      { id: "bob", type: "insert", text: `bob of ${dataType}` },
      { id: "eve", type: "insert", text: `eve of ${dataType}` },
    ]);
    await push(account, dataType, [{ id: "bob", type: "update", text: `bob again of ${dataType}` }]);
    await push(account, dataType, [{ id: "eve", type: "delete" }]);
    await uploadBlob(account, dataType, `blob of ${dataType}`);
  }
  await must(account.inject({ url: "/api/v1/sync/contacts/delta?cursor=initial" }));
}

export async function push(account: TestAccount, dataType: string, changes: readonly ChangeInput[]): Promise<void> {
  const payload = { changes: changes.map(uploadedChange), device_id: account.deviceId };
  const headers = { "idempotency-key": crypto.randomUUID() };
  await must(account.inject({ method: "POST", url: `/api/v1/sync/${dataType}/delta`, payload, headers }));
}

async function uploadBlob(account: TestAccount, dataType: string, text: string): Promise<void> {
  const bytes = Buffer.from(text);
  const payload = {
    data_type: dataType,
    encrypted_blob: bytes.toString("base64"),
    nonce: Buffer.alloc(24, 3).toString("base64"),
    checksum: hash("sha256", bytes, "base64"),
    device_id: account.deviceId,
  };
  await must(account.inject({ method: "POST", url: "/api/v1/sync/upload", payload }));
}

async function must(answer: ReturnType<TestAccount["inject"]>): Promise<void> {
  const { statusCode, body } = await answer;
  if (statusCode !== 200) throw new Error(`filling an account answered ${statusCode}: ${body}`);
}
