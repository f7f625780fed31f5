import { RawClient } from "../network/raw-client.ts";
import { Replicated } from "../postgres/replicated.ts";
import { Server } from "../server/server.ts";
import { sleep, until } from "../world/until.ts";
import { count as countUp, countMost, type TortureTest } from "./torture-test.ts";

const poolSize = 4;
const accounts = 3 * poolSize;
/** The server's connection for events, and what a maintenance command may have. */
const ownSessions = 3;
/** Half a second for a lock, one for a statement, one for a connection, two until an answer is given up: and much more. */
const patienceMs = 15_000;

/**
 * With a synchronous standby a commit waits for it. While it is away nothing may be acknowledged, however long the wait, or the
 * acknowledgement is lost when the primary goes too.
 */
export const standbyDies: TortureTest = {
  id: "T7",
  title: "the synchronous standby dies: nothing is acknowledged, and the primary may die too",
  short: 1,
  campaign: 5,
  async run({ scope, count, tally }) {
    const postgres = await Replicated.create(scope);
    const settings = {
      DATABASE_POOL_SIZE: String(poolSize),
      DATABASE_STATEMENT_TIMEOUT_MS: "1000",
      DATABASE_LOCK_TIMEOUT_MS: "500",
    };
    const server = await Server.start(scope, { databaseUrl: postgres.url(), settings });
    const clients = await Promise.all(Array.from({ length: accounts }, () => RawClient.register(server.url)));

    for (let i = 0; i < count; i += 1) {
      await postgres.makeSynchronous();
      const kept = await Promise.all(clients.map((client) => client.push([{ id: `kept-${i}`, text: "1" }])));
      if (kept.some(({ status }) => status !== 200)) tally.broken.push("T7: a push failed while the standby was there");
      tally.acknowledged += kept.length;

      await postgres.standby.kill();
      tally.kills += 1;
      // Twice the same, as a device would: what was committed here alone is no answer to the second either.
      const keys = clients.map(() => crypto.randomUUID());
      const bodies = clients.map((client) => client.pushBody([{ id: `waiting-${i}`, text: "1" }]));
      let mostBackends = 0;
      for (let attempt = 0; attempt < 3; attempt += 1) {
        const began = performance.now();
        const answers = await Promise.all(
          clients.map(async (client, at) => {
            const answer = await client.send(bodies[at]!, keys[at]!);
            const tookMs = performance.now() - began;
            countMost(tally, "slowest refusal, ms", tookMs);
            if (tookMs > patienceMs) tally.broken.push(`T7: a refusal took ${Math.round(tookMs)} ms`);
            return answer;
          }),
        );
        mostBackends = Math.max(mostBackends, await countBackends());
        for (const { status, code, retryAfter } of answers) {
          countUp(tally, `answers ${status} ${code ?? ""}`.trim());
          if (status !== 503 || retryAfter === null) {
            tally.broken.push(`S-I3: without its standby the server answered ${status} ${code}`);
          }
        }
        await sleep(200);
      }
      countMost(tally, "backends while the standby was away", mostBackends);
      // What was given up waits on at PostgreSQL, but no more of it than a pool is large.
      if (mostBackends > 2 * poolSize + ownSessions) tally.broken.push(`T7: ${mostBackends} backends at once`);

      if (i % 2 === 0) {
        await postgres.standby.start();
        await until("the pushes go through again", async () => {
          const answers = await Promise.all(clients.map((client, at) => client.send(bodies[at]!, keys[at]!)));
          return answers.every(({ status }) => status === 200);
        });
      } else {
        // The primary dies too, and the standby is all there is.
        await postgres.standby.start();
        await postgres.awaitStandbyStreams();
        await postgres.failOver();
        tally.kills += 1;
        await postgres.replaceStandby();
        await until("the server serves again", async () => (await clients[0]!.page("cursor=initial")).status === 200);
      }
      for (const client of clients) {
        const ids = (await client.page("cursor=initial&limit=1000")).data?.changes.map(({ record_id: id }) => id) ?? [];
        if (ids.includes(`kept-${i}`)) continue;
        tally.lost += 1;
        tally.broken.push(`S-I3: kept-${i} was acknowledged and is not there`);
      }
      await until("no backend is left over", async () => (await countBackends()) <= poolSize + ownSessions);
      tally.rounds += 1;
    }

    async function countBackends(): Promise<number> {
      const [row] = await postgres.primary.query<{ n: number }>(
        "select count(*)::int as n from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()",
      );
      return row?.n ?? 0;
    }
  },
};
