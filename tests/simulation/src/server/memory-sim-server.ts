import {
  type Auth,
  createAccountTables,
  createCursorCodec,
  createDeltaHandlers,
  createTables,
  DataTypes,
  deriveKeys,
  describeServer,
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
import { dispatch } from "./dispatch.ts";
import { runMemoryCleanup } from "./memory-cleanup.ts";
import { simHasher, simSecrets } from "./sim-auth.ts";
import { createRoutes, type Route } from "./sim-routes.ts";
import {
  type Announcement,
  type Operator,
  ServerCrashed,
  type ServerPorts,
  type SimReply,
  type SimRequest,
  type SimServer,
  type StatementFault,
  type StoredCollection,
} from "./sim-server.ts";
import { createSimTokens } from "./sim-tokens.ts";

export interface MemoryServerOptions {
  readonly ports: ServerPorts;
  /** Whether the database tells which cluster it lives in; managed ones often do not. */
  readonly hasIdentity?: boolean;
}

const dataTypes = new DataTypes(new Map(["accounts", "contacts", "preferences", "signatures"].map((n, i) => [n, i])));

/** One server process: what a crash ends. */
interface Process {
  readonly connection: MemoryConnection;
  readonly store: MemoryStore;
  readonly accounts: MemoryAccountStore;
  readonly auth: Auth;
  readonly routes: readonly Route[];
  readonly inFlight: Set<(error: Error) => void>;
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
  readonly #config = loadConfig({});
  #database: MemoryDatabase;
  #tables: ReturnType<typeof createTables>;
  #accountTables: ReturnType<typeof createAccountTables>;
  #process: Process;
  #retryAfterSeconds: number | null = null;
  #requests = 0;

  constructor({ ports, hasIdentity = true }: MemoryServerOptions) {
    this.#ports = ports;
    this.#hasIdentity = hasIdentity;
    this.#random = randomOf(ports);
    this.#quota = { maxRecords: this.#config.quotaRecords, maxBytes: this.#config.quotaBytes };
    this.#database = this.#createDatabase();
    this.#tables = createTables(this.#database);
    this.#accountTables = createAccountTables(this.#database);
    this.#process = this.#start();
    this.operator = this.#createOperator();
  }

  get history() {
    return this.#committed.changes;
  }

  async handle(request: SimRequest): Promise<SimReply> {
    const process = this.#process;
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => {});
    process.inFlight.add(reject);
    try {
      return await Promise.race([this.#answer(process, request), promise]);
    } finally {
      process.inFlight.delete(reject);
    }
  }

  async #answer(process: Process, request: SimRequest): Promise<SimReply> {
    const reply = this.#limited() ?? (await dispatch(process.routes, process.auth, request, isCrash));
    await process.connection.yieldAt("reply");
    this.#requests += 1;
    const headers = {
      ...reply.headers,
      date: new Date(this.#nowMs()).toUTCString(),
      "cache-control": "no-store",
      "x-request-id": `sim-${this.#requests}`,
    };
    return { ...reply, headers };
  }

  #limited(): SimReply | null {
    if (this.#retryAfterSeconds === null) return null;
    const text = JSON.stringify({ success: false, error: "Too many requests", code: "RATE_LIMITED" });
    return {
      status: 429,
      headers: {
        "content-type": "application/json; charset=utf-8",
        "retry-after": String(this.#retryAfterSeconds),
      },
      body: Buffer.from(text),
    };
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

  #nowMs(): number {
    return Math.floor(this.#ports.now() / 1000);
  }

  #start(): Process {
    const connection = new MemoryConnection(this.#database);
    const accounts = new MemoryAccountStore(connection, this.#accountTables);
    const store = new MemoryStore(connection, this.#tables, {
      tombstoneDays: this.#config.tombstoneDays,
      hasIdentity: this.#hasIdentity,
      isAccountActive: (userId) => accounts.isActive(userId),
      onCommit: (batch) => this.#committed.record(batch, this.#database.commits),
    });
    const keys = deriveKeys(simSecrets);
    const nowMs = () => this.#nowMs();
    const auth: Auth = {
      accounts,
      clock: nowMs,
      random: this.#random,
      hasher: simHasher,
      registration: "open",
      keys,
      tokens: createSimTokens(keys.refresh, nowMs, () => this.#random.uuid()),
      log: { warn: () => {} },
      sessionEnded: () => {},
    };
    const delta = createDeltaHandlers({
      store,
      dataTypes,
      cursors: createCursorCodec(simSecrets),
      quota: this.#quota,
      onBatch: ({ userId, dataType, batch }, { appliedCount, head }) => {
        if (appliedCount > 0) this.#announce({ userId, dataType, version: head, deviceId: batch.deviceId });
      },
      onDownload: () => {},
    });
    const routes = createRoutes(auth, delta, describeServer(this.#config, dataTypes.names));
    return { connection, store, accounts, auth, routes, inFlight: new Set() };
  }

  #announce(event: Announcement): void {
    for (const listener of this.#listeners) listener(event);
  }

  #end(): void {
    const { connection, inFlight } = this.#process;
    const death = new ServerCrashed();
    connection.kill(death);
    for (const reject of inFlight) reject(death);
  }

  #restart(): void {
    this.#end();
    this.#process = this.#start();
  }

  /** What the operator does to the database while no server runs. */
  #whileStopped(work: () => void): void {
    this.#end();
    work();
    this.#committed.cut(this.#database.commits);
    this.#process = this.#start();
  }

  #createOperator(): Operator {
    return {
      cleanup: () => runMemoryCleanup(this.#process, this.#ports.now(), this.#config),
      backup: async () => this.#database.backup(),
      restore: async (backup, mode) =>
        this.#whileStopped(() => {
          this.#database.restore(backup as MemoryBackup);
          const { systemIdentifier } = this.#database.cluster;
          if (mode === "new-cluster") {
            this.#database.cluster = { systemIdentifier: systemIdentifier + 1, timeline: 1 };
          }
          if (mode === "command") this.#process.store.epochs.beginRestored();
        }),
      loseLastBatches: async (count) =>
        this.#whileStopped(() => {
          this.#database.loseLastBatches(count);
          const { systemIdentifier, timeline } = this.#database.cluster;
          this.#database.cluster = { systemIdentifier, timeline: timeline + 1 };
        }),
      wipe: async () =>
        this.#whileStopped(() => {
          const { systemIdentifier } = this.#database.cluster;
          this.#database = this.#createDatabase();
          this.#database.cluster = { systemIdentifier: systemIdentifier + 1, timeline: 1 };
          this.#tables = createTables(this.#database);
          this.#accountTables = createAccountTables(this.#database);
        }),
      setQuota: (quota) => void Object.assign(this.#quota, quota),
      revokeDevice: (userId, deviceId) => endDevice(this.#process.accounts, userId, deviceId),
      setDisabled: (userId, isDisabled) => this.#process.accounts.setDisabled(userId, isDisabled),
      limitRate: (seconds) => void (this.#retryAfterSeconds = seconds),
      restart: () => this.#restart(),
    };
  }
}

const isCrash = (error: unknown): boolean => error instanceof ServerCrashed;

function randomOf(ports: ServerPorts): Random {
  const bytes = (length: number): Buffer => Buffer.from(ports.randomBytes(length));
  return {
    bytes,
    uuid: () => {
      const id = bytes(16);
      id[6] = (id[6]! & 0x0f) | 0x40;
      id[8] = (id[8]! & 0x3f) | 0x80;
      const hex = id.toString("hex");
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
    },
  };
}
