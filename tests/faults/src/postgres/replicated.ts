import { TcpProxy } from "../network/tcp-proxy.ts";
import type { Scope } from "../world/scope.ts";
import { until } from "../world/until.ts";
import { Cluster, databaseName, type ClusterOptions } from "./cluster.ts";
import { debianPrograms } from "./programs.ts";

/**
 * A primary and its streaming standby. Servers reach whichever is the primary through `database`, a link that goes over with
 * it; the standby receives through `replication`, a link that can be cut.
 *
 *     server ──database──▶ primary ──replication──▶ standby
 */
export class Replicated {
  primary: Cluster;
  standby: Cluster;
  readonly database: TcpProxy;
  readonly replication: TcpProxy;
  readonly #scope: Scope;
  readonly #options: ClusterOptions;
  #standbys = 1;

  private constructor(
    parts: Pick<Replicated, "primary" | "standby" | "database" | "replication">,
    scope: Scope,
    options: ClusterOptions,
  ) {
    this.primary = parts.primary;
    this.standby = parts.standby;
    this.database = parts.database;
    this.replication = parts.replication;
    this.#scope = scope;
    this.#options = options;
  }

  static async create(scope: Scope): Promise<Replicated> {
    const settings = {
      wal_keep_size: "64MB",
      wal_receiver_status_interval: "1s",
      wal_receiver_timeout: "5s",
      wal_retrieve_retry_interval: "100ms",
    };
    const options = { programs: await debianPrograms(), settings };
    const primary = await Cluster.create(scope, options);
    const replication = await TcpProxy.open(scope, primary.port);
    const standby = await Cluster.standbyOf(scope, replication.port, "standby1", options);
    const database = await TcpProxy.open(scope, primary.port);
    const replicated = new Replicated({ primary, standby, database, replication }, scope, options);
    await replicated.awaitStandby();
    return replicated;
  }

  /** Where a server finds the primary, whichever that is. */
  url(user?: string): string {
    const url = new URL(this.primary.url(this.database.port));
    if (user !== undefined) url.username = user;
    return url.href;
  }

  async awaitStandby(state: "sync" | "async" = "async"): Promise<void> {
    await until(`the standby is ${state} and has everything`, async () => {
      const rows = await this.primary.query(
        `select 1 from pg_stat_replication where state = 'streaming' and sync_state = '${state}' and replay_lsn = pg_current_wal_lsn()`,
      );
      return rows.length > 0;
    });
  }

  /** From now on no commit is done before the standby has it. */
  async makeSynchronous(): Promise<void> {
    await this.primary.query("alter system set synchronous_standby_names = '*'");
    await this.primary.query("select pg_reload_conf()");
    await until("the standby is synchronous", async () => {
      const rows = await this.primary.query("select 1 from pg_stat_replication where sync_state = 'sync'");
      return rows.length > 0;
    });
  }

  /** Kills the primary and lets the standby take its place. Answers the old primary, which is down. */
  async failOver(): Promise<Cluster> {
    const old = this.primary;
    await old.kill();
    await this.standby.promote();
    this.primary = this.standby;
    await this.primary.query("alter system reset synchronous_standby_names", "postgres");
    await this.primary.query("select pg_reload_conf()", "postgres");
    this.database.targetPort = this.primary.port;
    this.database.reset();
    return old;
  }

  /** A new standby of the present primary. */
  async replaceStandby(): Promise<void> {
    this.replication.heal();
    this.replication.targetPort = this.primary.port;
    this.#standbys += 1;
    this.standby = await Cluster.standbyOf(
      this.#scope,
      this.replication.port,
      `standby${this.#standbys}`,
      this.#options,
    );
    await this.awaitStandbyStreams();
  }

  async awaitStandbyStreams(): Promise<void> {
    await until("the standby streams", async () => {
      const rows = await this.primary.query("select 1 from pg_stat_replication where state = 'streaming'");
      return rows.length > 0;
    });
  }

  /** A role that may not read which cluster it is in: only the lineage of batches tells a lost tail. */
  async makePlainRole(name: string): Promise<void> {
    await this.primary.query(`create role ${name} login`, "postgres");
    await this.primary.query(`alter database ${databaseName} owner to ${name}`, "postgres");
    await this.primary.query(`grant all on schema public to ${name}`);
  }
}
