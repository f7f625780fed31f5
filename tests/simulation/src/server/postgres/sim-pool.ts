import { PoolExhaustedError } from "@owlivion/sync-server/handlers";
import type { Pool, PoolClient, Submittable } from "pg";
import type { ServerPorts, StatementFault } from "../sim-server.ts";
import type { Backends, Backend } from "./backends.ts";
import { isFree, lockedCollection, placeOf } from "./statement-place.ts";

/** SQLSTATE of the faults that PostgreSQL itself raises. */
const raised: Partial<Record<StatementFault, string>> = {
  serialization: "40001",
  deadlock: "40P01",
  "lock-timeout": "55P03",
  "statement-timeout": "57014",
  "disk-full": "53100",
  "read-only": "25006",
};

/** What a process is told of each statement that it sends, before it is sent. */
export interface Watcher {
  sent(client: SimClient, place: string, values: readonly unknown[]): void;
  committed(client: SimClient): Promise<void>;
}

/**
 * Stands where the product's pool stands. Before each statement the world decides what happens there; what it lets pass
 * goes to PostgreSQL.
 */
export class SimPool {
  readonly backends: Backends;
  readonly watcher: Watcher;
  readonly #ports: ServerPorts;
  readonly #onCrash: () => void;
  readonly #clients = new Set<SimClient>();
  #death: Error | null = null;

  constructor(backends: Backends, ports: ServerPorts, watcher: Watcher, onCrash: () => void) {
    this.backends = backends;
    this.watcher = watcher;
    this.#ports = ports;
    this.#onCrash = onCrash;
  }

  /** The product knows it as a pool of `pg`; of that it uses these two. */
  get asPool(): Pool {
    return this as unknown as Pool;
  }

  async connect(): Promise<PoolClient> {
    if ((await this.yieldAt("connect")) === "pool-exhausted") throw new PoolExhaustedError(new Error("simulated"));
    return (await this.#take()) as unknown as PoolClient;
  }

  async query(query: unknown, values?: unknown[]): Promise<unknown> {
    this.#assertAlive();
    const client = await this.#take();
    try {
      return await (client.query(query, values) as Promise<unknown>);
    } finally {
      client.release();
    }
  }

  async yieldAt(place: string): Promise<StatementFault> {
    this.#assertAlive();
    const fault = await this.#ports.atStatement(place);
    if (fault === "crash") this.#onCrash();
    this.#assertAlive();
    return fault;
  }

  now(): number {
    return Math.floor(this.#ports.now());
  }

  /** The process is gone: what it was at is rolled back. */
  async kill(death: Error): Promise<void> {
    this.#death = death;
    await Promise.all([...this.#clients].map((client) => client.abandon()));
  }

  /** What goes on without the product: virtual time waits for it. */
  whileOutside(work: Promise<void>): Promise<void> {
    return this.#ports.external(work);
  }

  forget(client: SimClient): void {
    this.#clients.delete(client);
  }

  async #take(): Promise<SimClient> {
    const client = new SimClient(this, await this.#ports.external(this.backends.take()));
    this.#clients.add(client);
    return client;
  }

  #assertAlive(): void {
    if (this.#death !== null) throw this.#death;
  }
}

/** A connection of the pool, for one who holds it. */
export class SimClient {
  readonly #pool: SimPool;
  readonly #backend: Backend;
  #isBroken = false;
  #isReleased = false;

  constructor(pool: SimPool, backend: Backend) {
    this.#pool = pool;
    this.#backend = backend;
  }

  on(): void {}
  off(): void {}

  query(query: unknown, values?: unknown[]): Promise<unknown> | { done: Promise<unknown> } {
    if (isSubmittable(query)) {
      const send = async () => {
        this.#backend.client.query(query);
        return await query.done;
      };
      return { done: this.#run(query, [], send) };
    }
    const sent = (typeof query === "object" && query !== null ? query : { text: query, values }) as {
      text: string;
      values?: unknown[];
    };
    return this.#run(sent, sent.values ?? [], async () => await this.#backend.client.query(sent));
  }

  /** Closed rather than given back, as `pg` does: where its transaction was is rolled back. */
  release(isLost: unknown = false): void {
    if (this.#isReleased) return;
    if (Boolean(isLost) || this.#isBroken) return void this.#pool.whileOutside(this.abandon());
    this.#isReleased = true;
    this.#pool.forget(this);
    this.#pool.backends.giveBack(this.#backend);
  }

  async abandon(): Promise<void> {
    this.#isBroken = true;
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#pool.forget(this);
    await this.#pool.backends.abandon(this.#backend, this.#pool.now());
  }

  async #run(query: unknown, values: readonly unknown[], send: () => Promise<unknown>): Promise<unknown> {
    const place = placeOf(query);
    if (this.#isBroken) throw lost("Client has encountered a connection error and is not queryable");
    this.#pool.watcher.sent(this, place, values);
    const fault = isFree(place) ? "none" : await this.#pool.yieldAt(place);
    const code = raised[fault];
    const isCommit = place === "commit";
    if (fault === "connection-lost" || (fault === "commit-unknown" && !isCommit)) this.#break();
    const work = code === undefined ? send : () => this.#backend.client.query("select sim_fail($1)", [code]);
    const statement = { send: work, lock: code === undefined ? lockedCollection(query, values) : null };
    const result = await this.#pool.backends.run(this.#backend, this.#pool.now(), statement);
    if (isCommit) await this.#pool.watcher.committed(this);
    if (fault === "commit-unknown") this.#break();
    return result;
  }

  #break(): never {
    this.#isBroken = true;
    throw lost("Connection terminated unexpectedly");
  }
}

interface Sent extends Submittable {
  readonly done: Promise<unknown>;
}

const isSubmittable = (query: unknown): query is Sent =>
  typeof query === "object" && query !== null && "submit" in query;

const lost = (message: string): Error => Object.assign(new Error(message), { code: "ECONNRESET" });
