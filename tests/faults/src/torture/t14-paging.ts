import { RawClient } from "../network/raw-client.ts";
import { Cluster } from "../postgres/cluster.ts";
import { embeddedPrograms } from "../postgres/programs.ts";
import { Server } from "../server/server.ts";
import { between } from "../world/random.ts";
import { sleep } from "../world/until.ts";
import { count as countUp, type Tally, type TortureTest } from "./torture-test.ts";

const records = 300;
const pageRows = 23;

/** Follows a cursor, page by page, for as long as it is told; what it holds is what the pages said. */
class Walker {
  readonly state = new Map<string, number>();
  #cursor = "initial";
  readonly #client: RawClient;
  readonly #tally: Tally;

  constructor(client: RawClient, tally: Tally) {
    this.#client = client;
    this.#tally = tally;
  }

  /** True: there is more. */
  async step(): Promise<boolean> {
    const { data, status, code } = await this.#client.page(
      `cursor=${encodeURIComponent(this.#cursor)}&limit=${pageRows}`,
    );
    if (status === 410) {
      // Below the horizon it is told, and begins anew.
      countUp(this.#tally, `told ${code}`);
      this.state.clear();
      this.#cursor = "initial";
      return true;
    }
    if (data === null) {
      this.#tally.broken.push(`S-I10: a page was answered by ${status} ${code}`);
      return false;
    }
    for (const { record_id: id, version } of data.changes) this.state.set(id, version);
    for (const { record_id: id } of data.deleted) this.state.delete(id);
    this.#cursor = data.next_cursor;
    countUp(this.#tally, "pages");
    return data.pagination.has_more;
  }
}

/** S-I10: pages that are read while others write, while retention purges and while tables are rewritten miss nothing. */
export const pagedThroughCleanup: TortureTest = {
  id: "T14",
  title: "paging beside writers, retention, VACUUM FULL and autovacuum",
  short: 1,
  campaign: 20,
  async run({ scope, count, tally }) {
    const settings = {
      autovacuum_naptime: "1s",
      autovacuum_vacuum_threshold: "10",
      autovacuum_vacuum_scale_factor: "0",
    };
    const cluster = await Cluster.create(scope, { programs: embeddedPrograms(), settings });
    const server = await Server.start(scope, {
      databaseUrl: cluster.url(),
      settings: { DATABASE_LOCK_TIMEOUT_MS: "20000", DATABASE_STATEMENT_TIMEOUT_MS: "20000" },
    });
    for (let i = 0; i < count; i += 1) {
      const client = await RawClient.register(server.url);
      for (let from = 0; from < records; from += 100) {
        await client.push(Array.from({ length: 100 }, (_, n) => ({ id: `r${from + n}`, text: "x".repeat(300) })));
      }
      let isOver = false;
      const writing = (async () => {
        while (!isOver) {
          const id = `r${between(0, records - 1)}`;
          const kind = Math.random() < 0.3 ? "delete" : "update";
          const { status } = await client.push([{ id, text: "y".repeat(300), kind }]);
          if (status === 200) tally.acknowledged += 1;
        }
      })();
      const sweeping = (async () => {
        while (!isOver) {
          await cluster.query("update deleted_records set expires_at = 'epoch' where random() < 0.3");
          await cluster.query("select cleanup_expired_deleted_records()");
          await cluster.query("select cleanup_old_changes('0')");
          await cluster.query("vacuum full sync_data_changes");
          await cluster.query("vacuum full deleted_records");
          countUp(tally, "sweeps");
          await sleep(100);
        }
      })();
      const walkers = [new Walker(client, tally), new Walker(client, tally)];
      const endMs = performance.now() + 6000;
      while (performance.now() < endMs) for (const walker of walkers) await walker.step();
      isOver = true;
      await Promise.all([writing, sweeping]);
      const fresh = new Walker(client, tally);
      for (const walker of [...walkers, fresh]) while (await walker.step());
      for (const [n, { state }] of walkers.entries()) {
        const differing = [...new Set([...state.keys(), ...fresh.state.keys()])].filter(
          (id) => state.get(id) !== fresh.state.get(id),
        );
        if (differing.length === 0) continue;
        tally.lost += differing.length;
        tally.broken.push(
          `S-I10: walker ${n} differs from a new one in ${differing.length} records, such as ${differing[0]}`,
        );
      }
      tally.rounds += 1;
    }
  },
};
