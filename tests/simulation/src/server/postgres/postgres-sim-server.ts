import {
  createPostgresAccountStore,
  disableAccount,
  enableAccount,
  endDevice,
  loadConfig,
  PostgresStore,
  type Random,
  runCleanup,
} from "@owlivion/sync-server/handlers";
import { changeTypes } from "@owlivion/sync-protocol";
import { outcomeOf, untilDone } from "../operator-attempts.ts";
import { randomOf } from "../random-of.ts";
import { RequestServer } from "../serve-requests.ts";
import {
  type Announcement,
  type CommittedChange,
  type Operator,
  type RestoreMode,
  ServerCrashed,
  type ServerPorts,
  type SimReply,
  type SimRequest,
  type SimServer,
  type StoredCollection,
} from "../sim-server.ts";
import type { Backends } from "./backends.ts";
import { copyDatabase, type DatabaseCopy, restoreDatabase, takeBackBatch } from "./database-copies.ts";
import { type AppliedBatch, recordedStore } from "./recorded-store.ts";
import { type SimClient, SimPool } from "./sim-pool.ts";
import type { VirtualCluster } from "./virtual-cluster.ts";
import { emptySql } from "./virtual-sql.ts";

const config = loadConfig({});

interface Process {
  readonly pool: SimPool;
  readonly requests: RequestServer;
}

type Entry = { -readonly [Field in keyof CommittedChange]: CommittedChange[Field] };

export interface CommittedBatch {
  readonly userId: string;
  readonly dataType: number;
  readonly headBefore: number;
  readonly changes: readonly Entry[];
}

/** The production handlers and the production store, on a real PostgreSQL under virtual time. */
export class PostgresSimServer implements SimServer {
  readonly operator: Operator;
  readonly history: Entry[] = [];
  readonly #ports: ServerPorts;
  readonly #cluster: VirtualCluster;
  readonly #backends: Backends;
  readonly #random: Random;
  readonly #quota = { maxRecords: config.quotaRecords, maxBytes: config.quotaBytes };
  readonly #listeners: ((event: Announcement) => void)[] = [];
  /** Committed and not lost since, oldest first. */
  #batches: CommittedBatch[] = [];
  #applying: AppliedBatch | null = null;
  readonly #applied = new Map<SimClient, AppliedBatch & { readonly dataTypeNumber: number }>();
  #starting: Promise<Process>;
  #process: Process | null = null;
  #copies = 0;
  #retryAfterSeconds: number | null = null;

  private constructor(ports: ServerPorts, cluster: VirtualCluster, backends: Backends) {
    this.#ports = ports;
    this.#cluster = cluster;
    this.#backends = backends;
    this.#random = randomOf(ports);
    this.#starting = this.#start();
    this.operator = this.#createOperator();
  }

  /** On an empty database. */
  static async open(ports: ServerPorts, cluster: VirtualCluster, backends: Backends): Promise<PostgresSimServer> {
    const seed = Buffer.from(ports.randomBytes(8)).toString("hex");
    await ports.external(backends.begin(seed, ports.external));
    await ports.external(backends.setNow(Math.floor(ports.now())));
    await ports.external(backends.monitor(emptySql));
    const server = new PostgresSimServer(ports, cluster, backends);
    await server.#starting;
    return server;
  }

  async handle(request: SimRequest): Promise<SimReply> {
    const process = await this.#starting;
    return await process.requests.handle(request, this.#retryAfterSeconds);
  }

  onAnnounce(listener: (event: Announcement) => void): void {
    this.#listeners.push(listener);
  }

  async readCollection(userId: string, dataType: string): Promise<StoredCollection> {
    const rows = (alias: string) =>
      `${alias}.user_id = ${uuidLiteral(userId)} and ${alias}.data_type = ${this.#cluster.dataTypes.numberOf(dataType)}`;
    const [[head] = [], [account] = [], records = [], tombstones = []] = await this.#ports.external(
      this.#backends.monitorAll([
        `select (select epoch from epochs order by epoch_no desc limit 1) as epoch, s.head::float8, s.horizon::float8,
           s.history_horizon::float8 from (select) x left join sync_data s on ${rows("s")}`,
        `select coalesce(sum(record_count), 0)::float8 as records, coalesce(sum(live_bytes), 0)::float8 as bytes
         from sync_data where user_id = ${uuidLiteral(userId)}`,
        `select record_id, version::float8, encrypted_record from sync_data_changes c
         where ${rows("c")} and superseded_at is null order by version`,
        `select record_id, version::float8, encrypted_record from deleted_records d where ${rows("d")} order by version`,
      ]),
    );
    const toStored = (row: Record<string, unknown>) => ({
      recordId: String(row["record_id"]),
      version: Number(row["version"]),
      envelope: (row["encrypted_record"] as Buffer | null) ?? new Uint8Array(),
    });
    return {
      userId,
      dataType,
      epoch: String(head?.["epoch"]),
      head: Number(head?.["head"] ?? 0),
      horizon: Number(head?.["horizon"] ?? 0),
      historyHorizon: Number(head?.["history_horizon"] ?? 0),
      accountRecords: Number(account?.["records"]),
      accountBytes: Number(account?.["bytes"]),
      records: records.map(toStored),
      tombstones: tombstones.map(toStored),
    };
  }

  async close(): Promise<void> {
    await this.#end();
  }

  async #start(before: Promise<void> = Promise.resolve()): Promise<Process> {
    await before;
    const watcher = {
      sent: (client: SimClient, place: string, values: readonly unknown[]) => this.#sent(client, place, values),
      committed: (client: SimClient) => this.#committed(client),
    };
    const isUp = { value: false };
    // A server that has not started yet suffers nothing.
    const ports: ServerPorts = {
      ...this.#ports,
      now: () => this.#ports.now(),
      atStatement: (place) => (isUp.value ? this.#ports.atStatement(place) : "none"),
    };
    const pool = new SimPool(this.#backends, ports, watcher, () => this.#restart());
    const options = { tombstoneDays: config.tombstoneDays, random: this.#random };
    const store = await PostgresStore.open(pool.asPool, this.#cluster.dataTypes, options);
    const requests = new RequestServer({
      store: recordedStore(store, (batch) => (this.#applying = batch)),
      accounts: createPostgresAccountStore(pool.asPool),
      dataTypes: this.#cluster.dataTypes,
      random: this.#random,
      quota: this.#quota,
      nowMs: () => Math.floor(this.#ports.now() / 1000),
      announce: (event) => this.#listeners.forEach((listener) => listener(event)),
      beforeReply: () => pool.yieldAt("reply"),
    });
    isUp.value = true;
    this.#process = { pool, requests };
    return this.#process;
  }

  #end(): Promise<void> {
    const process = this.#process;
    this.#process = null;
    if (process === null) return Promise.resolve();
    const death = new ServerCrashed();
    process.requests.end(death);
    this.#applied.clear();
    return this.#ports.external(process.pool.kill(death));
  }

  #restart(): void {
    if (this.#process === null) return; // It is starting.
    this.#starting = this.#start(this.#end());
  }

  async #whileStopped(work: () => Promise<void>): Promise<void> {
    await this.#starting;
    const ended = this.#end();
    this.#starting = this.#start(ended.then(() => this.#ports.external(work())));
    await this.#starting;
  }

  /** The store told of the batch in the same moment. */
  #sent(client: SimClient, place: string, values: readonly unknown[]): void {
    if (place === "begin" || place === "rollback") this.#applied.delete(client);
    if (place !== "apply_batch" || this.#applying === null) return;
    this.#applied.set(client, { ...this.#applying, dataTypeNumber: Number(values[1]) });
    this.#applying = null;
  }

  /** What the database holds of it now, whatever the product thinks it wrote. */
  async #committed(client: SimClient): Promise<void> {
    const batch = this.#applied.get(client);
    this.#applied.delete(client);
    if (batch === undefined || batch.decision.rows.length === 0) return;
    const { request, decision, epoch, headBefore, dataTypeNumber } = batch;
    const rows = await this.#ports.external(
      this.#backends.monitor(
        `select version::float8, change_type, record_id, device_id, coalesce(prev_version, 0)::float8 as prev_version,
           encrypted_record, extract(epoch from changed_at) * 1000000 as at
         from sync_data_changes where user_id = $1 and data_type = $2 and version > $3 order by version`,
        [request.userId, dataTypeNumber, headBefore],
      ),
    );
    const changes = rows.map((row, i): Entry => {
      const written = decision.rows[i];
      return {
        userId: request.userId,
        dataType: request.dataType,
        epoch,
        version: Number(row["version"]),
        recordId: String(row["record_id"]),
        changeType: changeTypes[Number(row["change_type"])]!,
        deviceId: String(row["device_id"]),
        idempotencyKey: request.idempotency?.key ?? null,
        baseVersion: written === undefined ? null : request.batch.changes[written.changeIndex]!.baseVersion,
        previousVersion: Number(row["prev_version"]),
        envelope: (row["encrypted_record"] as Buffer | null) ?? new Uint8Array(),
        at: Number(row["at"]),
        isLost: false,
      };
    });
    this.history.push(...changes);
    this.#batches.push({ userId: request.userId, dataType: dataTypeNumber, headBefore, changes });
  }

  #cut(count: number): void {
    for (const { changes } of this.#batches.slice(count)) for (const change of changes) change.isLost = true;
    this.#batches = this.#batches.slice(0, count);
  }

  #createOperator(): Operator {
    return {
      cleanup: ({ acceptClock = false } = {}) =>
        outcomeOf(async () => {
          const { pool } = await this.#starting;
          return (await runCleanup(pool.asPool, { settings: config, stopwatch: () => 0, acceptClock })).outcome;
        }),
      backup: async (): Promise<DatabaseCopy> => {
        const copy = { schema: `copy_${(this.#copies += 1)}`, batches: [...this.#batches] };
        await this.#ports.external(copyDatabase(this.#backends, copy.schema));
        return copy;
      },
      restore: (backup, mode) => this.#restore(backup as DatabaseCopy, mode),
      loseLastBatches: (count) =>
        this.#whileStopped(async () => {
          const kept = Math.max(0, this.#batches.length - count);
          for (const batch of this.#batches.slice(kept).toReversed()) {
            await takeBackBatch(this.#backends, batch, config.tombstoneDays);
          }
          this.#cut(kept);
          await this.#backends.monitor("update sim_cluster set timeline = timeline + 1");
        }),
      wipe: () =>
        this.#whileStopped(async () => {
          this.#cut(0);
          await this.#backends.setNow(Math.floor(this.#ports.now()));
          await this.#backends.monitor(emptySql);
          await this.#moveToNewCluster();
        }),
      setQuota: (quota) => void Object.assign(this.#quota, quota),
      revokeDevice: (userId, deviceId) =>
        untilDone(async () => {
          const { pool } = await this.#starting;
          return await endDevice(createPostgresAccountStore(pool.asPool), userId, deviceId);
        }),
      setDisabled: (userId, isDisabled) =>
        untilDone(async () => {
          const { pool } = await this.#starting;
          if (isDisabled) await disableAccount(pool.asPool, userId);
          else await enableAccount(pool.asPool, userId);
        }),
      limitRate: (seconds) => void (this.#retryAfterSeconds = seconds),
      restart: () => this.#restart(),
    };
  }

  #restore({ schema, batches }: DatabaseCopy, mode: RestoreMode): Promise<void> {
    return this.#whileStopped(async () => {
      await this.#backends.setNow(Math.floor(this.#ports.now()));
      await restoreDatabase(this.#backends, schema);
      this.#cut(0);
      // What stood then stands again, also where it was lost meanwhile.
      for (const { changes } of batches) for (const change of changes) change.isLost = false;
      this.#batches = [...batches];
      if (mode === "new-cluster") await this.#moveToNewCluster();
      if (mode === "command") {
        await this.#backends.monitor(
          `select begin_epoch('restored', true, null, c.system_identifier, c.timeline) from sim_cluster c`,
        );
      }
    });
  }

  async #moveToNewCluster(): Promise<void> {
    await this.#backends.monitor("update sim_cluster set system_identifier = system_identifier + 1, timeline = 1");
  }
}

function uuidLiteral(id: string): string {
  if (!/^[0-9a-f-]{36}$/.test(id)) throw new Error("not an id");
  return `'${id}'`;
}
