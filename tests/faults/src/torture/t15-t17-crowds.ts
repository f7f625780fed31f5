import { RawClient } from "../network/raw-client.ts";
import { Cluster } from "../postgres/cluster.ts";
import { embeddedPrograms } from "../postgres/programs.ts";
import { statusOf } from "../server/health.ts";
import { Server } from "../server/server.ts";
import { until } from "../world/until.ts";
import { count as countUp, type Tally, type TortureRun, type TortureTest } from "./torture-test.ts";

async function open({ scope }: TortureRun, settings: Record<string, string> = {}) {
  const cluster = await Cluster.create(scope, { programs: embeddedPrograms() });
  const server = await Server.start(scope, { databaseUrl: cluster.url(), settings });
  return { cluster, server };
}

/** Many writers on one record by compare and set: for each version one of them wins, and all others are told. */
async function hammer(run: TortureRun): Promise<void> {
  const { count, tally } = run;
  const { cluster, server } = await open(run, { DATABASE_POOL_WAIT_MS: "30000", DATABASE_LOCK_TIMEOUT_MS: "30000" });
  const client = await RawClient.register(server.url);
  const epoch = (await client.push([{ id: "one", text: "0" }])).data?.epoch ?? "";
  let version = 1;
  for (let i = 0; i < count; i += 1) {
    const writers = 8 * 2 ** (i % 4);
    const answers = await Promise.all(
      Array.from({ length: writers }, (_, writer) =>
        client.push([{ id: "one", text: `${i}-${writer}`, base: version }], { epoch }),
      ),
    );
    const winners = answers.filter(({ data }) => data?.results[0]?.status === "applied");
    const told = answers.filter(({ data }) => data?.results[0]?.status === "conflict");
    countUp(tally, "conflicts told", told.length);
    tally.acknowledged += winners.length;
    if (winners.length !== 1) tally.broken.push(`S-I5: ${winners.length} of ${writers} writers won one version`);
    if (winners.length + told.length !== writers) {
      const others = answers.filter(({ status }) => status !== 200).map(({ status, code }) => `${status} ${code}`);
      tally.broken.push(`T15: some were told neither: ${others.join(", ")}`);
    }
    version = winners[0]?.data?.results[0]?.version ?? version;
    tally.rounds += 1;
  }
  const [row] = await cluster.query<{ deadlocks: number }>(
    "select deadlocks::int from pg_stat_database where datname = current_database()",
  );
  if (row?.deadlocks !== 0) tally.broken.push(`T15: ${row?.deadlocks} deadlocks`);
  await judgeVersions(tally, cluster);
}

/** PostgreSQL rolls pushes back in favour of others: they are run again, and what keeps failing is 503. */
async function deadlock(run: TortureRun): Promise<void> {
  const { count, tally } = run;
  const { cluster, server } = await open(run, {
    DATABASE_LOCK_TIMEOUT_MS: "60000",
    DATABASE_STATEMENT_TIMEOUT_MS: "60000",
  });
  const client = await RawClient.register(server.url);
  await client.push([{ id: "first", text: "x" }]);
  for (let i = 0; i < count; i += 1) {
    const other = await cluster.connect();
    await other.query("set deadlock_timeout = '10min'");
    await other.query("begin");
    await other.query("lock table sync_batches in share mode");
    const pushing = client.push([{ id: `d${i}`, text: "x" }]);
    await until("the push waits", async () => {
      const waiting = await cluster.query("select 1 from pg_stat_activity where wait_event_type = 'Lock'");
      return waiting.length > 0;
    });
    // The push holds the collection and waits for the batches; this closes the circle. Only the push looks for it in time.
    await other.query("select 1 from sync_data for update");
    await other.query("rollback");
    await other.end();
    const { status, code } = await pushing;
    countUp(tally, `beside a deadlock: ${status} ${code ?? ""}`.trim());
    if (status !== 200) tally.broken.push(`T16: a deadlock was not tried again: ${status} ${code}`);
    tally.acknowledged += 1;
    tally.rounds += 1;
  }
  const [row] = await cluster.query<{ deadlocks: number }>(
    "select deadlocks::int from pg_stat_database where datname = current_database()",
  );
  countUp(tally, "deadlocks", row?.deadlocks ?? 0);
  if ((row?.deadlocks ?? 0) === 0) tally.broken.push("T16: there was no deadlock, so nothing was tested");

  // A serialization failure, twice and for ever.
  await cluster.query(`create sequence fails start 1`);
  await cluster.query(`create function fail() returns trigger language plpgsql as $$
    begin
      if nextval('fails') <= (select n from failures) then raise exception 'injected' using errcode = '40001'; end if;
      return new;
    end $$`);
  await cluster.query("create table failures (n integer)");
  await cluster.query("insert into failures values (2)");
  await cluster.query("create trigger fail before insert on sync_batches for each row execute function fail()");
  const twice = await client.push([{ id: "twice", text: "x" }]);
  if (twice.status !== 200) tally.broken.push(`T16: two serialization failures were answered by ${twice.status}`);
  await cluster.query("update failures set n = 1000000");
  const always = await client.push([{ id: "always", text: "x" }]);
  if (always.status !== 503 || always.retryAfter === null) {
    tally.broken.push(`T16: serialization failures without end were answered by ${always.status}`);
  }
  await cluster.query("drop trigger fail on sync_batches");
  await judgeVersions(tally, cluster);
}

const crowd = 500;

/** Many more requests at once than there are connections: each is answered, some by 503, and the server stays healthy. */
async function exhaustPool(run: TortureRun): Promise<void> {
  const { count, tally } = run;
  const { cluster, server } = await open(run);
  const clients = await Promise.all(Array.from({ length: 10 }, () => RawClient.register(server.url)));
  const { pid } = server;
  for (let i = 0; i < count; i += 1) {
    const requests = Array.from({ length: crowd }, (_, n) =>
      clients[n % clients.length]!.push([{ id: `r${i}-${n}`, text: "x".repeat(500) }]).catch(() => ({
        status: 0,
        code: "cut",
      })),
    );
    const health = await statusOf(server, "/health");
    if (health !== 200) tally.broken.push(`T17: /health answered ${health} in the crowd`);
    for (const { status, code } of await Promise.all(requests)) {
      countUp(tally, `answers ${status} ${code ?? ""}`.trim());
      if (status === 200) tally.acknowledged += 1;
      else if (status !== 503) tally.broken.push(`T17: ${status} ${code} in the crowd`);
    }
    const after = await clients[0]!.push([{ id: `after-${i}`, text: "x" }]);
    if (after.status !== 200) tally.broken.push(`T17: after the crowd a push got ${after.status}`);
    else tally.acknowledged += 1;
    tally.rounds += 1;
  }
  if (server.pid !== pid) tally.broken.push("T17: the server did not live through it");
  const [row] = await cluster.query<{ n: number }>("select sum(head)::int as n from sync_data");
  if (row?.n !== tally.acknowledged) {
    tally.broken.push(`S-I3: ${tally.acknowledged} changes were acknowledged, ${row?.n} are there`);
  }
  await judgeVersions(tally, cluster);
}

/** S-I1 on the tables. */
async function judgeVersions(tally: Tally, cluster: Cluster): Promise<void> {
  const rows = await cluster.query<{ head: number; n: number; greatest: number }>(
    `select s.head::int, count(*)::int as n, max(l.version)::int as greatest
      from sync_data s join sync_changes_log l using (user_id, data_type) group by s.user_id, s.data_type, s.head`,
  );
  for (const { head, n, greatest } of rows) {
    if (head !== n || head !== greatest) tally.broken.push(`S-I1: head ${head}, ${n} changes up to ${greatest}`);
  }
}

export const crowds: readonly TortureTest[] = [
  { id: "T15", title: "8 to 64 writers on one record at once", short: 12, campaign: 200, run: hammer },
  { id: "T16", title: "deadlocks and serialization failures", short: 3, campaign: 50, run: deadlock },
  { id: "T17", title: `${crowd} requests at once on a pool of 10`, short: 2, campaign: 20, run: exhaustPool },
];
