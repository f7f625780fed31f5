import { setTimeout as setTimeoutPromise } from "node:timers/promises";
import pg, { type ClientConfig } from "pg";
import type { Log } from "../log.ts";

interface Handlers {
  onMessage(channel: string, payload: string): void;
  onConnected(): void;
}

const firstDelayMs = 200;
const maxDelayMs = 15_000;
const maxWaiting = 100;
const lastSendMs = 1_000;

/**
 * NOTIFY and LISTEN on a connection of its own: inside a batch's transaction a NOTIFY costs several times the
 * throughput, and a pooled connection cannot listen. Whatever happens to the connection, nothing is thrown: it is made
 * anew after a growing delay, and messages of the meantime are lost.
 *
 *   idle ── start ──► connecting ── listening ──► connected
 *                        ▲   │ failed                 │ lost
 *                        └───┴──── after a delay ◄────┘            close: from any state, for ever
 */
export class DatabaseChannel {
  readonly #config: ClientConfig;
  readonly #channels: readonly string[];
  readonly #handlers: Handlers;
  readonly #log: Log;
  #state: "idle" | "connecting" | "connected" | "waiting" | "closed" = "idle";
  #client: pg.Client | undefined;
  #delayMs = firstDelayMs;
  #timer: NodeJS.Timeout | undefined;
  /** One query at a time, in order; `maxWaiting` at most. */
  #turn: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(connection: ClientConfig, channels: readonly string[], handlers: Handlers, log: Log) {
    this.#config = {
      ...connection,
      application_name: "owlivion-sync events",
      keepAlive: true,
      connectionTimeoutMillis: 5_000,
      query_timeout: 5_000,
    };
    this.#channels = channels;
    this.#handlers = handlers;
    this.#log = log;
  }

  get isConnected(): boolean {
    return this.#state === "connected";
  }

  start(): void {
    if (this.#state === "idle") void this.#connect();
  }

  /** Sends each payload (under 8000 bytes) as one notification. What fails on the way is lost. */
  send(channel: string, payloads: readonly string[]): void {
    this.#query("select pg_notify($1, p) from unnest($2::text[]) p", [channel, payloads]);
  }

  /** Finds out whether the other end is still there; a dead one ends as lost, and is replaced. */
  check(): void {
    this.#query("select 1", []);
  }

  async close(): Promise<void> {
    this.#state = "closed";
    clearTimeout(this.#timer);
    // What was announced last is worth a moment, not a wait.
    await Promise.race([this.#turn, setTimeoutPromise(lastSendMs, undefined, { ref: false })]);
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => {});
  }

  #query(text: string, values: unknown[]): void {
    const client = this.#client;
    if (client === undefined || this.#state !== "connected") return;
    if (this.#waiting >= maxWaiting) return; // The database is slow, and hints may be lost.
    this.#waiting += 1;
    this.#turn = this.#turn
      .then(() => (this.#client === client ? client.query(text, values) : undefined))
      .catch((error: unknown) => this.#lost(client, error))
      .finally(() => (this.#waiting -= 1));
  }

  async #connect(): Promise<void> {
    this.#state = "connecting";
    const client = new pg.Client(this.#config);
    this.#client = client;
    client.on("error", (error) => this.#lost(client, error));
    client.on("end", () => this.#lost(client, new Error("the connection ended")));
    client.on("notification", (message) => this.#handlers.onMessage(message.channel, message.payload ?? ""));
    try {
      await client.connect();
      for (const channel of this.#channels) await client.query(`listen ${pg.escapeIdentifier(channel)}`);
    } catch (error) {
      this.#lost(client, error);
      return;
    }
    if (this.#client !== client) return; // Lost or closed in the meantime.
    this.#state = "connected";
    this.#delayMs = firstDelayMs;
    this.#handlers.onConnected();
  }

  #lost(client: pg.Client, error: unknown): void {
    if (this.#client !== client) return; // Known already: one failure shows itself several times.
    this.#client = undefined;
    client.end().catch(() => {});
    const delayMs = this.#delayMs * (0.5 + Math.random() / 2);
    this.#delayMs = Math.min(this.#delayMs * 2, maxDelayMs);
    this.#state = "waiting";
    this.#log.warn({ err: error, delayMs: Math.round(delayMs) }, "the connection for events was lost");
    this.#timer = setTimeout(() => void this.#connect(), delayMs).unref();
  }
}
