import type { Pool } from "pg";
import { type Finding, fail, ok } from "./finding.ts";

/** Each counts what must not be. `deep` ones read every record's row (not its ciphertext). */
const rules: readonly { check: string; isDeep: boolean; wrong: string; consequence: string; sql: string }[] = [
  {
    check: "horizons",
    isDeep: false,
    wrong: "collections whose horizon lies beyond their head",
    consequence: "every device is sent to download them anew",
    sql: "select count(*) from sync_data where horizon > head or history_horizon > head or history_swept > head",
  },
  {
    check: "batches",
    isDeep: false,
    wrong: "collections whose newest batch does not end at their head",
    consequence: "cursors there are taken for those of another history",
    sql: `select count(*) from sync_data s where s.head > 0 and s.head is distinct from (
            select max(b.head_after) from sync_batches b
            where b.user_id = s.user_id and b.data_type = s.data_type and b.head_after > 0)`,
  },
  {
    check: "counters",
    isDeep: true,
    wrong: "collections whose counters differ from their records",
    consequence: "their status and quota are wrong",
    sql: `select count(*) from sync_data s
          left join (
            select user_id, data_type, count(*) as records, sum(octet_length(encrypted_record)) as bytes, max(version) as newest
            from sync_data_changes where superseded_at is null group by 1, 2) c using (user_id, data_type)
          left join (
            select user_id, data_type, count(*) as tombstones, max(version) as newest
            from deleted_records group by 1, 2) d using (user_id, data_type)
          where s.record_count <> coalesce(c.records, 0) or s.live_bytes <> coalesce(c.bytes, 0)
            or s.tombstone_count <> coalesce(d.tombstones, 0) or s.head < greatest(c.newest, d.newest)`,
  },
  {
    check: "state",
    isDeep: true,
    wrong: "records that are both current and deleted",
    consequence: "devices may disagree about them",
    sql: `select count(*) from deleted_records d join sync_data_changes c
            on c.user_id = d.user_id and c.data_type = d.data_type and c.record_id = d.record_id
          where c.superseded_at is null`,
  },
  {
    check: "orphans",
    isDeep: true,
    wrong: "rows without their collection",
    consequence: "nobody can reach them, and they take room",
    sql: ["sync_data_changes", "deleted_records", "sync_batches"]
      .map(
        (table) => `(select count(*) from ${table} t where not exists (
          select from sync_data s where s.user_id = t.user_id and s.data_type = t.data_type))`,
      )
      .join(" + ")
      .replace(/^/, "select "),
  },
];

/** What the tables must agree on. Without `deep`, what can be told without reading every record's row. */
export async function checkCollections(pool: Pool, deep: boolean): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { check, wrong, consequence, sql } of rules.filter(({ isDeep }) => deep || !isDeep)) {
    const { rows } = await pool.query<{ n: string }>(`select (${sql}) as n`);
    const found = Number(rows[0]?.n);
    findings.push(found === 0 ? ok(check, `no ${wrong}`) : fail(check, `${found} ${wrong}: ${consequence}`));
  }
  return findings;
}
