import {
  createAccountTables,
  createTables,
  DataTypes,
  endDevice,
  loadConfig,
  MemoryAccountStore,
  MemoryConnection,
  type MemoryBackup,
  MemoryDatabase,
  MemoryStore,
  type Random,
} from "@owlivion/sync-server/handlers";
import { CommitHistory } from "./commit-history.ts";
import { runMemoryCleanup } from "./memory-cleanup.ts";
import { outcomeOf, untilDone } from "./operator-attempts.ts";
import { randomOf } from "./random-of.ts";
import { RequestServer } from "./serve-requests.ts";
import {
  type Announcement,
  type CommittedChange,
  type Operator,
  ServerCrashed,
  type ServerPorts,
  type SimReply,
  type SimRequest,
  type SimServer,
  type StatementFault,
  type StoredCollection,
} from "./sim-server.ts";

export interface MemoryServerOptions {
  readonly ports: ServerPorts;
  /** Whether the database tells which cluster it lives in; managed ones often do not. */
  readonly hasIdentity?: boolean;
}

export const simDataTypes = ["accounts", "contacts", "preferences", "signatures"];
const config = loadConfig({});
const dataTypes = new DataTypes(new Map(simDataTypes.map((name, i) => [name, i])));

/** What a crash ends. */
interface Backup {
  readonly database: MemoryBackup;
  readonly standing: ReadonlySet<CommittedChange>;
}

interface Process {
  readonly connection: MemoryConnection;
  readonly store: MemoryStore;
  readonly accounts: MemoryAccountStore;
  readonly requests: RequestServer;
}

/** The production handlers over tables in memory: no sockets, no threads, no time of its own. */
export class MemorySimServer implements SimServer {
  readonly operator: Operator;
  readonly #ports: ServerPorts;
  readonly #hasIdentity: boolean;
  readonly #listeners: ((event: Announcement) => void)[] = [];
  readonly #committed = new CommitHistory();
  readonly #random: Random;
  readonly #quota: { maxRecords: number; maxBytes: number };
  #database: MemoryDatabase;
  #tables: ReturnType<typeof createTables>;
  #accountTables: ReturnType<typeof createAccountTables>;
  #process: Process;
  #retryAfterSeconds: number | null = null;

  constructor({ ports, hasIdentity = true }: MemoryServerOptions) {
    this.#ports = ports;
    this.#hasIdentity = hasIdentity;
    this.#random = randomOf(ports);
    this.#quota = { maxRecords: config.quotaRecords, maxBytes: config.quotaBytes };
    this.#database = this.#createDatabase();
    this.#tables = createTables(this.#database);
    this.#accountTables = createAccountTables(this.#database);
    this.#process = this.#start();
    this.operator = this.#createOperator();
  }

  get history() {
    return this.#committed.changes;
  }

  handle(request: SimRequest): Promise<SimReply> {
    return this.#process.requests.handle(request, this.#retryAfterSeconds);
  }

  onAnnounce(listener: (event: Announcement) => void): void {
    this.#listeners.push(listener);
  }

  async readCollection(userId: string, dataType: string): Promise<StoredCollection> {
    const key = { userId, dataType };
    const { reads } = this.#process.store;
    const row = reads.collection(key);
    let accountRecords = 0;
    let accountBytes = 0;
    for (const one of this.#tables.collections.rows(userId)) {
      accountRecords += one.recordCount;
      accountBytes += one.liveBytes;
    }
    const stored = ({ recordId, version, record }: { recordId: string; version: number; record: Buffer | null }) => ({
      recordId,
      version,
      envelope: record ?? new Uint8Array(),
    });
    return {
      ...key,
      epoch: reads.epoch.epoch,
      head: row?.head ?? 0,
      horizon: row?.horizon ?? 0,
      historyHorizon: row?.historyHorizon ?? 0,
      accountRecords,
      accountBytes,
      records: reads.live(key, 0).map(stored),
      tombstones: reads.tombstones(key, 0).map(stored),
    };
  }

  async close(): Promise<void> {
    this.#end();
  }

  #createDatabase(): MemoryDatabase {
    return new MemoryDatabase({
      clock: () => this.#ports.now(),
      random: this.#random,
      atStatement: (place) => this.#atStatement(place),
    });
  }

  #atStatement(place: string) {
    const fault = this.#ports.atStatement(place);
    return typeof fault === "string" ? this.#suffer(fault) : fault.then((one) => this.#suffer(one));
  }

  #suffer(fault: StatementFault) {
    if (fault !== "crash") return fault;
    this.#restart();
    return "none";
  }

  #start(): Process {
    const connection = new MemoryConnection(this.#database);
    const accounts = new MemoryAccountStore(connection, this.#accountTables);
    const store = new MemoryStore(connection, this.#tables, {
      tombstoneDays: config.tombstoneDays,
      hasIdentity: this.#hasIdentity,
      isAccountActive: (userId) => accounts.isActive(userId),
      onCommit: (batch) => this.#committed.record(batch, this.#database.commits),
    });
    const requests = new RequestServer({
      store,
      accounts,
      dataTypes,
      random: this.#random,
      quota: this.#quota,
      nowMs: () => Math.floor(this.#ports.now() / 1000),
      announce: (event) => this.#listeners.forEach((listener) => listener(event)),
      beforeReply: () => connection.yieldAt("reply"),
    });
    return { connection, store, accounts, requests };
  }

  #end(): void {
    const death = new ServerCrashed();
    this.#process.connection.kill(death);
    this.#process.requests.end(death);
  }

  #restart(): void {
    this.#end();
    this.#process = this.#start();
  }

  /** What the operator does to the database while no server runs. */
  #whileStopped(work: () => void): void {
    this.#end();
    work();
    this.#process = this.#start();
  }

  #createOperator(): Operator {
    return {
      cleanup: ({ acceptClock = false } = {}) =>
        outcomeOf(() => runMemoryCleanup(this.#process, this.#ports.now(), config, acceptClock)),
      backup: async (): Promise<Backup> => ({
        database: this.#database.backup(),
        standing: this.#committed.standing(),
      }),
      restore: async (backup, mode) =>
        this.#whileStopped(() => {
          const { database, standing } = backup as Backup;
          this.#database.restore(database);
          this.#committed.putBack(standing);
          const { systemIdentifier } = this.#database.cluster;
          if (mode === "new-cluster") {
            this.#database.cluster = { systemIdentifier: systemIdentifier + 1, timeline: 1 };
          }
          if (mode === "command") this.#process.store.epochs.beginRestored();
        }),
      loseLastBatches: async (count) =>
        this.#whileStopped(() => {
          this.#database.loseLastBatches(count);
          this.#committed.cut(this.#database.commits);
          const { systemIdentifier, timeline } = this.#database.cluster;
          this.#database.cluster = { systemIdentifier, timeline: timeline + 1 };
        }),
      wipe: async () =>
        this.#whileStopped(() => {
          const { systemIdentifier } = this.#database.cluster;
          this.#database = this.#createDatabase();
          this.#committed.cut(0);
          this.#database.cluster = { systemIdentifier: systemIdentifier + 1, timeline: 1 };
          this.#tables = createTables(this.#database);
          this.#accountTables = createAccountTables(this.#database);
        }),
      setQuota: (quota) => void Object.assign(this.#quota, quota),
      revokeDevice: (userId, deviceId) => untilDone(() => endDevice(this.#process.accounts, userId, deviceId)),
      setDisabled: (userId, isDisabled) => untilDone(() => this.#process.accounts.setDisabled(userId, isDisabled)),
      limitRate: (seconds) => void (this.#retryAfterSeconds = seconds),
      restart: () => this.#restart(),
    };
  }
}
