import type { Acknowledgement } from "../devices/acknowledgement.ts";
import type { Cluster } from "../postgres/cluster.ts";

interface LogRow {
  readonly account: string;
  readonly type: string;
  readonly version: number;
  readonly record: string;
  readonly envelope: string | null;
  readonly before: number | null;
  /** The idempotency key of the batch that brought it. */
  readonly key: string | null;
  readonly isInOrder: boolean;
}

interface CollectionFacts {
  readonly account: string;
  readonly type: string;
  readonly head: number;
  readonly rows: number;
  readonly least: number | null;
  readonly greatest: number | null;
  readonly brokenBatches: number;
  readonly counters: boolean;
}

export interface ServerJudgement {
  readonly broken: string[];
  /** Acknowledged, and not at its version in what the server has now. */
  readonly missing: readonly Acknowledgement[];
  /** Of those, the ones whose very envelope stands elsewhere in the log: a device sent it again. */
  readonly sentAgain: number;
}

const logSql = `select l.user_id::text as account, t.name as type, l.version::int, l.record_id as record,
    encode(l.record_checksum, 'hex') as envelope,
    lag(l.version) over (partition by l.user_id, l.data_type, l.record_id order by l.version)::int as before,
    (select b.idempotency_key from sync_batches b where b.user_id = l.user_id and b.data_type = l.data_type
      and b.head_before < l.version and b.head_after >= l.version) as key,
    coalesce(l.changed_at > lag(l.changed_at) over (partition by l.user_id, l.data_type order by l.version), true) as "isInOrder"
  from sync_changes_log l join data_types t using (data_type)`;

const factsSql = `select s.user_id::text as account, t.name as type, s.head::int,
    (select count(*)::int from sync_changes_log l where l.user_id = s.user_id and l.data_type = s.data_type) as rows,
    (select min(l.version)::int from sync_changes_log l where l.user_id = s.user_id and l.data_type = s.data_type) as least,
    (select max(l.version)::int from sync_changes_log l where l.user_id = s.user_id and l.data_type = s.data_type) as greatest,
    (select count(*)::int from (
      select b.head_before, coalesce(lag(b.head_after) over (order by b.head_after), 0) as expected
      from sync_batches b where b.user_id = s.user_id and b.data_type = s.data_type and b.head_after > b.head_before) x
      where x.head_before <> x.expected)
      + (select (coalesce(max(b.head_after), 0) <> s.head)::int from sync_batches b
        where b.user_id = s.user_id and b.data_type = s.data_type and b.head_after > b.head_before) as "brokenBatches",
    s.record_count = (select count(*) from sync_data_changes c
        where c.user_id = s.user_id and c.data_type = s.data_type and c.superseded_version is null)
      and s.live_bytes = (select coalesce(sum(octet_length(c.encrypted_record)), 0) from sync_data_changes c
        where c.user_id = s.user_id and c.data_type = s.data_type and c.superseded_version is null)
      and s.tombstone_count = (select count(*) from deleted_records d
        where d.user_id = s.user_id and d.data_type = s.data_type and d.version > 0) as counters
  from sync_data s join data_types t using (data_type)`;

/**
 * S-I1, S-I3, S-I4, S-I5, S-I7, S-I12 on the server's tables, against what the devices were told. For a database from which
 * no history was purged.
 *
 * @param isWhole the history was never cut: then nothing acknowledged may be missing
 */
export async function judgeServer(
  cluster: Pick<Cluster, "query">,
  acknowledged: readonly Acknowledgement[],
  { isWhole }: { readonly isWhole: boolean },
): Promise<ServerJudgement> {
  const broken: string[] = [];
  for (const facts of await cluster.query<CollectionFacts & Record<string, unknown>>(factsSql)) {
    const { account, type, head, rows, least, greatest } = facts;
    const where = `${type} of ${account.slice(0, 8)}`;
    if (head !== rows || (head > 0 && (least !== 1 || greatest !== head))) {
      broken.push(`S-I1: ${where} has the head ${head}, but ${rows} changes from ${least} to ${greatest}`);
    }
    if (facts.brokenBatches > 0) broken.push(`S-I7: ${facts.brokenBatches} batches of ${where} overlap or leave a gap`);
    if (!facts.counters) broken.push(`S-I12: the counters of ${where} are not what is there`);
  }
  const log = await cluster.query<LogRow & Record<string, unknown>>(logSql);
  const byVersion = new Map(log.map((row) => [`${row.account}/${row.type}/${row.version}`, row]));
  const seen = new Set<string>();
  for (const { account, type, record, version, envelope, isInOrder } of log) {
    if (!isInOrder) broken.push(`S-I1: version ${version} of ${type} is not later than the one before`);
    if (envelope === null) continue;
    const key = `${account}/${type}/${record}/${envelope}`;
    if (seen.has(key)) broken.push(`S-I4: the change of ${record} at ${version} was applied twice`);
    seen.add(key);
  }
  broken.push(...findContradictions(acknowledged));
  const missing: Acknowledgement[] = [];
  for (const each of acknowledged) {
    if (each.isUnchanged) continue;
    const row = byVersion.get(`${each.accountId}/${each.dataType}/${each.version}`);
    if (row === undefined || row.record !== each.recordId || row.envelope !== each.envelope) {
      missing.push(each);
      if (isWhole) broken.push(`S-I3: ${each.recordId} was acknowledged at ${each.version} and is not there`);
      // What a restored server lost and got once more may stand at its old version again, on another base.
    } else if (each.idempotencyKey === row.key && each.baseVersion !== null && each.baseVersion !== (row.before ?? 0)) {
      broken.push(
        `S-I5: ${each.recordId} at ${each.version} was based on ${each.baseVersion}, but follows ${row.before}`,
      );
    }
  }
  const sentAgain = missing.filter((each) =>
    seen.has(`${each.accountId}/${each.dataType}/${each.recordId}/${each.envelope}`),
  ).length;
  return { broken, missing, sentAgain };
}

/** S-I1: within an epoch no version was ever given to two changes; S-I4: a key has one answer. */
function findContradictions(acknowledged: readonly Acknowledgement[]): string[] {
  const broken: string[] = [];
  const byPlace = new Map<string, string>();
  for (const each of acknowledged) {
    if (each.isUnchanged) continue;
    const place = `${each.accountId}/${each.dataType}/${each.epoch}/${each.version}`;
    const change = `${each.recordId}/${each.envelope}`;
    const known = byPlace.get(place);
    if (known !== undefined && known !== change) {
      broken.push(`S-I1: version ${each.version} of an epoch was acknowledged for two changes`);
    }
    byPlace.set(place, change);
  }
  return broken;
}
