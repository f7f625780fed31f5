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

export interface Statement {
  readonly send: () => Promise<unknown>;
  /** The row that it locks, as far as it is told. */
  readonly lock: string | null;
}

/** A statement that waits for another transaction's lock; it goes on when that has ended. */
interface Blocked extends Statement {
  readonly backend: Backend;
  /** Not sent yet: another one waits for the same row, and PostgreSQL lets two that wait for one row race. */
  isHeld: boolean;
  isDone: boolean;
  work: Promise<unknown> | null;
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
  #turn: Promise<void> = Promise.resolve();
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

  take(): Promise<Backend> {
    return this.#inTurn(async () => this.#idle.pop() ?? (await this.#open()));
  }

  giveBack(backend: Backend): void {
    this.#idle.push(backend);
  }

  /** Rolls back whatever the backend is at, at this moment. */
  abandon(backend: Backend, now: number): Promise<void> {
    return this.#inTurn(async () => {
      // Who waited for what it held looks at the clock next.
      await this.#setNow(now);
      const waiting = this.#blocked.find((one) => one.backend === backend);
      if (waiting !== undefined) this.#forget(waiting);
      if (waiting?.isHeld === false) await this.#ask("select pg_cancel_backend($1)", [backend.pid]);
      await backend.client.query("rollback");
      this.giveBack(backend);
      await this.#settleBlocked();
    });
  }

  /** Outside of the world, at its moment: for its oracles and its operator. */
  monitor(text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
    return this.#inTurn(() => this.#ask(text, values));
  }

  /** Several in one round trip. */
  monitorAll(statements: readonly string[]): Promise<Record<string, unknown>[][]> {
    return this.#inTurn(async () => {
      const client = await this.#monitorClient();
      const results = (await client.query(statements.join(";\n"))) as unknown as pg.QueryResult[];
      return results.map(({ rows }) => rows as Record<string, unknown>[]);
    });
  }

  /** Sends a statement at this moment, microseconds since 1970, and answers when it has ended. */
  async run(backend: Backend, now: number, statement: Statement): Promise<unknown> {
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const blocked: Blocked = { ...statement, backend, isHeld: true, isDone: false, work: null, open };
    const known = this.#inTurn(async () => {
      await this.#setNow(now);
      this.#blocked.push(blocked);
      if (!this.#mustHold(blocked)) await this.#send(blocked);
      // A statement that ends a transaction, its own or an only one, sets others free.
      if (blocked.isDone) await this.#settleBlocked();
    });
    await this.#external(known);
    await gate;
    return await blocked.work;
  }

  async #send(blocked: Blocked): Promise<void> {
    blocked.isHeld = false;
    blocked.work = blocked.send();
    const end = () => void (blocked.isDone = true);
    await this.#untilKnown(blocked, blocked.work.then(end, end));
  }

  #mustHold({ lock, backend }: Blocked): boolean {
    return lock !== null && this.#blocked.some((other) => other.backend !== backend && other.lock === lock);
  }

  async #ask(text: string, values: unknown[]): Promise<Record<string, unknown>[]> {
    return (await (await this.#monitorClient()).query(text, values)).rows as Record<string, unknown>[];
  }

  /** Two statements of one moment would race for a lock: the next goes out when it is known what became of the one before. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.then(
      () => {},
      () => {},
    );
    return turn;
  }

  setNow(now: number): Promise<void> {
    return this.#inTurn(() => this.#setNow(now));
  }

  /** Not on the connection of a statement: a transaction that has failed would refuse it. */
  async #setNow(now: number): Promise<void> {
    if (this.#now === now) return;
    this.#now = now;
    await this.#ask(setNowSql, [now]);
  }

  async close(): Promise<void> {
    await Promise.all(this.#idle.map(({ client }) => client.end()));
    await this.#monitor?.end();
  }

  /** Those that have ended go on, in the order in which they began to wait, and so do those that were held because of them. */
  async #settleBlocked(): Promise<void> {
    for (;;) {
      for (const blocked of this.#blocked) if (!blocked.isHeld) await this.#untilKnown(blocked, null);
      const done = this.#blocked.filter(({ isDone }) => isDone);
      for (const blocked of done) this.#forget(blocked);
      for (const { open } of done) open();
      const next = this.#blocked.find(
        ({ isHeld, lock }, i) => isHeld && this.#blocked.findIndex((other) => other.lock === lock) === i,
      );
      if (next !== undefined) await this.#send(next);
      else if (done.length === 0) return;
    }
  }

  #forget(blocked: Blocked): void {
    this.#blocked.splice(this.#blocked.indexOf(blocked), 1);
  }

  /** Until it has ended or waits for a lock; one that waited is asked about at once. */
  async #untilKnown(blocked: Blocked, ended: Promise<void> | null): Promise<void> {
    if (ended === null && !blocked.isDone && (await this.#waits(blocked))) return;
    for (let lookMs = firstLookMs; !blocked.isDone; lookMs = Math.min(2 * lookMs, longestLookMs)) {
      await (ended === null ? realSleep(1) : soonest(ended, lookMs));
      if (blocked.isDone || (await this.#waits(blocked))) return;
    }
  }

  async #waits({ backend }: Blocked): Promise<boolean> {
    const [row] = await this.#ask("select cardinality(pg_blocking_pids($1)) > 0 as waits", [backend.pid]);
    return row?.["waits"] === true;
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
