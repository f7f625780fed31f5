import pg from "pg";
import type { ServerPorts } from "../sim-server.ts";

const realSetTimeout = setTimeout;
const realClearTimeout = clearTimeout;
/** How long a statement may take before PostgreSQL is asked whether it waits; then twice as long. */
const firstLookMs = 10;
const longestLookMs = 64;
const setNowSql = "select setval('public.sim_now', $1)";

/** A connection to PostgreSQL, kept from world to world. */
export interface Backend {
  readonly client: pg.Client;
  readonly pid: number;
}

/** A statement that waits for another transaction's lock; it goes on when that has ended. */
interface Blocked {
  readonly backend: Backend;
  isDone: boolean;
  readonly open: () => void;
}

/**
 * Real connections under virtual time. A statement either ends or waits for a lock, and PostgreSQL tells which; one that
 * waits takes no virtual time away from the others, and goes on right after the statement that set it free. So the order of
 * everything follows from the world's decisions alone.
 */
export class Backends {
  readonly #config: pg.ClientConfig;
  readonly #idle: Backend[] = [];
  readonly #blocked: Blocked[] = [];
  #monitor: pg.Client | null = null;
  #seed = "";
  #now = 0;
  #external: ServerPorts["external"] = (work) => work;

  constructor(config: pg.ClientConfig) {
    this.#config = config;
  }

  /** For the next world. */
  async begin(seed: string, external: ServerPorts["external"]): Promise<void> {
    this.#seed = seed;
    this.#external = external;
    await this.monitor("select setval('sim_drawn', 1, false)");
    for (const backend of this.#idle) await setSeed(backend, seed);
    await (await this.#monitorClient()).query("select set_config('sim.seed', $1, false)", [seed]);
  }

  async take(): Promise<Backend> {
    return this.#idle.pop() ?? (await this.#open());
  }

  giveBack(backend: Backend): void {
    this.#idle.push(backend);
  }

  /** Rolls back whatever the backend is at. */
  async abandon(backend: Backend): Promise<void> {
    const waiting = this.#blocked.findIndex((one) => one.backend === backend);
    if (waiting !== -1) {
      this.#blocked.splice(waiting, 1);
      await this.monitor("select pg_cancel_backend($1)", [backend.pid]);
    }
    await backend.client.query("rollback");
    this.giveBack(backend);
    await this.#settleBlocked();
  }

  /** Outside of the world, at its moment: for its oracles and its operator. */
  async monitor(text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
    return (await (await this.#monitorClient()).query(text, values)).rows as Record<string, unknown>[];
  }

  /** Several in one round trip. */
  async monitorAll(statements: readonly string[]): Promise<Record<string, unknown>[][]> {
    const results = (await (await this.#monitorClient()).query(statements.join(";\n"))) as unknown as pg.QueryResult[];
    return results.map(({ rows }) => rows as Record<string, unknown>[]);
  }

  /** Sends a statement at this moment, microseconds since 1970, and answers when it has ended. */
  async run(backend: Backend, now: number, send: () => Promise<unknown>): Promise<unknown> {
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const blocked: Blocked = { backend, isDone: false, open };
    if (this.#now !== now) {
      this.#now = now;
      // Refused in a transaction that has failed: what follows there asks for no time.
      void backend.client.query(setNowSql, [now]).catch(() => (this.#now = 0));
    }
    const work = send();
    const end = () => void (blocked.isDone = true);
    const ended = work.then(end, end);
    await this.#external(this.#untilKnown(blocked, ended));
    if (!blocked.isDone) {
      this.#blocked.push(blocked);
      await gate;
      return await work;
    }
    // A statement that ends a transaction, its own or an only one, sets others free.
    if (this.#blocked.length > 0) await this.#external(this.#settleBlocked());
    return await work;
  }

  async setNow(now: number): Promise<void> {
    this.#now = now;
    await this.monitor(setNowSql, [now]);
  }

  async close(): Promise<void> {
    await Promise.all(this.#idle.map(({ client }) => client.end()));
    await this.#monitor?.end();
  }

  /** Those that have ended go on, in the order in which they began to wait. */
  async #settleBlocked(): Promise<void> {
    for (const blocked of this.#blocked) await this.#untilKnown(blocked, null);
    const free = this.#blocked.filter(({ isDone }) => isDone);
    for (const blocked of free) this.#blocked.splice(this.#blocked.indexOf(blocked), 1);
    for (const { open } of free) open();
  }

  async #untilKnown(blocked: Blocked, ended: Promise<void> | null): Promise<void> {
    for (let lookMs = firstLookMs; ; lookMs = Math.min(2 * lookMs, longestLookMs)) {
      if (blocked.isDone) return;
      await (ended === null ? realSleep(lookMs) : soonest(ended, lookMs));
      if (blocked.isDone) return;
      const [row] = await this.monitor("select cardinality(pg_blocking_pids($1)) > 0 as waits", [blocked.backend.pid]);
      if (!blocked.isDone && row?.["waits"] === true) return;
    }
  }

  async #open(): Promise<Backend> {
    const client = new pg.Client(this.#config);
    client.on("error", () => {});
    await client.connect();
    await client.query("set timezone = 'UTC'; set datestyle = 'ISO'; set bytea_output = 'hex'");
    const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
    const backend: Backend = { client, pid: rows[0]!.pid };
    await setSeed(backend, this.#seed);
    return backend;
  }

  async #monitorClient(): Promise<pg.Client> {
    if (this.#monitor === null) {
      this.#monitor = new pg.Client(this.#config);
      await this.#monitor.connect();
      await this.#monitor.query("set timezone = 'UTC'; set datestyle = 'ISO'; set bytea_output = 'hex'");
    }
    return this.#monitor;
  }
}

async function setSeed(backend: Backend, seed: string): Promise<void> {
  await backend.client.query("select set_config('sim.seed', $1, false)", [seed]);
}

async function soonest(ended: Promise<void>, ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = realSetTimeout(resolve, ms);
  await Promise.race([ended, promise]);
  realClearTimeout(timer);
}

const realSleep = (ms: number): Promise<void> => new Promise((resolve) => realSetTimeout(resolve, ms));
