import { randomUUID } from "node:crypto";
import { loadConfig } from "../../src/config/config.ts";
import { loadDataTypes } from "../../src/db/data-types.ts";
import { MemoryConnection } from "../../src/db/memory/memory-connection.ts";
import { MemoryDatabase } from "../../src/db/memory/memory-database.ts";
import { createPool } from "../../src/db/pool.ts";
import { systemRandom } from "../../src/random.ts";
import { createTables } from "../../src/sync/memory/memory-rows.ts";
import { MemoryStore } from "../../src/sync/memory/memory-store.ts";
import { PostgresStore } from "../../src/sync/postgres/postgres-store.ts";
import type { StoreUnderTest } from "../../src/sync/store.contract.ts";
import { createTestDatabase } from "./database.ts";
import { silentLog } from "./silent-log.ts";

const startOfTime = 1_800_000_000_000_000;

export function openMemoryStore(): StoreUnderTest {
  const clock = { now: startOfTime };
  const db = new MemoryDatabase({ clock: () => clock.now, random: systemRandom, atStatement: () => "none" });
  const store = new MemoryStore(new MemoryConnection(db), createTables(db), {
    tombstoneDays: 90,
    hasIdentity: false,
    isAccountActive: () => true,
  });
  return {
    store,
    clock,
    newAccount: async () => randomUUID(),
    sweepTombstones: (key, upTo) => store.sweeps.tombstones(key, ({ version }) => version <= upTo),
    sweepHistory: (key, upTo) => store.sweeps.historyUpTo(key, () => upTo),
    close: async () => {},
  };
}

export async function openPostgresStore(): Promise<StoreUnderTest> {
  const database = await createTestDatabase();
  const pool = createPool(loadConfig({}), { connectionString: database.url }, silentLog);
  const dataTypes = await loadDataTypes(pool, ["accounts", "contacts"]);
  const clock = { now: startOfTime };
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
        `select sweep_history($1, $2::smallint,
            b.first_changed_at + ($3 - b.head_before - 1) * interval '1 microsecond', 1000)
          from sync_batches b where b.user_id = $1 and b.data_type = $2 and b.head_before < $3 and b.head_after >= $3`,
        [...collection(key), upTo],
      );
    },
    close: async () => {
      await pool.end();
      await database.drop();
    },
  };
}
