import { randomUUID } from "node:crypto";
import { createTestDatabase } from "../../../test/support/database.ts";
import { loadDataTypes } from "../../db/data-types.ts";
import { describeDeltaStore } from "../store.contract.ts";
import { PostgresStore } from "./postgres-store.ts";

describeDeltaStore("postgres store", async () => {
  const database = await createTestDatabase();
  const { pool } = database;
  await pool.query("set timezone to 'UTC'");
  pool.on("connect", (client) => void client.query("set timezone to 'UTC'"));
  const dataTypes = await loadDataTypes(pool, ["accounts", "contacts"]);
  const clock = { now: 1_800_000_000_000_000 };
  const store = await PostgresStore.open(pool, dataTypes, { tombstoneDays: 90, clock: () => clock.now });
  const collection = (key: { userId: string; dataType: string }) => [key.userId, dataTypes.numberOf(key.dataType)];
  return {
    store,
    clock,
    newAccount: async () => {
      const userId = randomUUID();
      await pool.query("insert into users (user_id, email, kind, secret_hash) values ($1, $2, 'plain', '')", [
        userId,
        `${userId}@example.com`,
      ]);
      return userId;
    },
    // Retention goes by time; the rows up to the version are made old enough for it.
    sweepTombstones: async (key, upTo) => {
      await pool.query(
        "update deleted_records set expires_at = 'epoch' where user_id = $1 and data_type = $2 and version <= $3",
        [...collection(key), upTo],
      );
      await pool.query(
        "select sweep_tombstones($1, $2::smallint, 'epoch'::timestamptz + interval '1 day', 1000)",
        collection(key),
      );
    },
    sweepHistory: async (key, upTo) => {
      await pool.query(
        "select sweep_history($1, $2::smallint, (select changed_at from sync_changes_log where user_id = $1 and data_type = $2 and version = $3), 1000)",
        [...collection(key), upTo],
      );
    },
    close: () => database.drop(),
  };
});
