import { afterEach, beforeEach, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { checkCollections } from "./check-collections.ts";

const user = "00000000-0000-4000-8000-000000000001";
const device = "00000000-0000-4000-8000-000000000002";

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
  await database.pool.query(soundCollection);
});
afterEach(() => database.drop());

test("a sound collection has no findings", async () => {
  expect(await wrongChecks()).toEqual([]);
});

test.each([
  ["horizons", "update sync_data set horizon = head + 1"],
  ["batches", "delete from sync_batches"],
  ["counters", "update sync_data set live_bytes = live_bytes + 1"],
  ["counters", "update sync_data set record_count = 0"],
  [
    "orphans",
    `insert into deleted_records select '${device}', data_type, version, deleted_at, expires_at, stamp_at,
    stamp_device_id, deleted_by_device_id, record_id from deleted_records`,
  ],
])("%s: %s", async (check, damage) => {
  await database.pool.query(damage);
  expect(await wrongChecks()).toEqual([check]);
});

test("a record that is both current and deleted", async () => {
  await database.pool.query("update deleted_records set record_id = 'a'");
  expect(await wrongChecks()).toEqual(["state"]);
});

const soundCollection = `
  insert into users (user_id, email, kind, secret_hash) values ('${user}', 'ada@example.com', 'plain', '');
  insert into data_types (name) values ('contacts');
  insert into sync_data (user_id, data_type, epoch_no, head, record_count, tombstone_count, live_bytes)
    values ('${user}', 1, 1, 2, 1, 1, 5);
  insert into sync_batches (user_id, data_type, head_before, head_after, batch_id, first_changed_at, device_id)
    values ('${user}', 1, 0, 2, gen_random_uuid(), now(), '${device}');
  insert into sync_data_changes (user_id, data_type, change_type, version, changed_at, stamp_at, stamp_device_id, device_id,
      record_id, encrypted_record)
    values ('${user}', 1, 0, 1, now(), now(), '${device}', '${device}', 'a', '12345');
  insert into deleted_records (user_id, data_type, version, deleted_at, expires_at, stamp_at, stamp_device_id,
      deleted_by_device_id, record_id)
    values ('${user}', 1, 2, now(), now(), now(), '${device}', '${device}', 'b');
`;

async function wrongChecks(): Promise<string[]> {
  const findings = await checkCollections(database.pool, true);
  return findings.filter(({ level }) => level !== "ok").map(({ check }) => check);
}
