import type pg from "pg";
import type { Account } from "./account.ts";
import { makeRecords, uploadBody } from "./payloads.ts";

/**
 * Fills a collection by SQL, as if so many records had been uploaded by one batch; the last hundred come by the API.
 * Answers the cursor before those.
 */
export async function seedCollection(account: Account, pool: pg.Pool, count: number): Promise<string> {
  const seeded = count - 100;
  const type = "(select data_type from data_types where name = 'contacts')";
  await pool.query(
    `insert into sync_data_changes (user_id, data_type, change_type, version, changed_at, stamp_at, stamp_device_id,
        device_id, record_id, record_nonce, record_checksum, encrypted_record)
      select $1, ${type}, 0, i, now() - interval '1 hour' + i * interval '1 microsecond', now(), $2, $2, 'seed-' || i,
        substr(p, 1, 24), sha256(p), p
      from generate_series(1, $3::int) i,
        lateral (select decode(repeat(md5(i::text), 16), 'hex')::bytea || substr(sha256(i::text::bytea), 1, 0) as p offset 0) x`,
    [account.userId, account.deviceId, seeded],
  );
  await pool.query(
    `insert into sync_data (user_id, data_type, epoch_no, head, last_changed_at, record_count, live_bytes)
      select $1, ${type}, 1, $2::int, now() - interval '1 minute', $2::int, $2::bigint * 256`,
    [account.userId, seeded],
  );
  await pool.query(
    `insert into sync_batches (user_id, data_type, head_before, head_after, batch_id, first_changed_at, device_id)
      select $1, ${type}, 0, $3::int, gen_random_uuid(), now() - interval '1 hour', $2`,
    [account.userId, account.deviceId, seeded],
  );
  await pool.query("vacuum analyze sync_data_changes");
  const { version, cursor } = await lastCursor(account, seeded);
  if (version !== seeded) throw new Error("the seeded collection has another head");
  await account.upload(uploadBody(makeRecords(100, 250, "tail"), account.deviceId, "json"), "json");
  return cursor;
}

/** A page of the seeded range by time ends at its head, and its cursor stands there. */
async function lastCursor(account: Account, seeded: number): Promise<{ version: number; cursor: string }> {
  const body = await account.download(`since=2200-01-01T00:00:00Z&limit=1`, "json");
  const { data } = JSON.parse(body.toString()) as { data: { head: number; next_cursor: string } };
  return { version: Math.min(data.head, seeded), cursor: data.next_cursor };
}
