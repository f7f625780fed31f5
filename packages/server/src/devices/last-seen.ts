import type { FastifyInstance } from "fastify";
import type { Pool } from "pg";
import type { Log } from "../log.ts";
import { type Sighting, updateSightings } from "./update-sightings.ts";

const flushEveryMs = 30_000;
const maxDevices = 50_000;

/** Routes that move data; the others below /sync/ only ask. */
const asking = new Set(["/api/v1/sync/status", "/api/v1/sync/events"]);

/**
 * Remembers when each device was last seen and last synced, and writes it in bulk: a read costs no commit. What is in
 * memory is lost with the process; the next request of the device brings it back.
 */
export class LastSeen {
  readonly #pool: Pool;
  readonly #log: Log;
  #sightings = new Map<string, Sighting>();
  #flushing: Promise<void> = Promise.resolve();

  constructor(pool: Pool, log: Log) {
    this.#pool = pool;
    this.#log = log;
  }

  /** After every answer to a signed-in device; written every half minute, and on close. */
  install(app: FastifyInstance): void {
    app.addHook("onResponse", async (request, reply) => {
      if (request.session === null) return;
      const route = request.routeOptions.url ?? "";
      const isSync = route.startsWith("/api/v1/sync/") && !asking.has(route) && reply.statusCode < 300;
      this.note(request.session.userId, request.session.deviceId, isSync);
    });
    const timer = setInterval(() => void this.flush(), flushEveryMs).unref();
    app.addHook("onClose", async () => {
      clearInterval(timer);
      await this.flush();
    });
  }

  note(userId: string, deviceId: string, isSync: boolean, nowMs: number = Date.now()): void {
    const key = `${userId}/${deviceId}`;
    const before = this.#sightings.get(key);
    if (before === undefined && this.#sightings.size >= maxDevices) return;
    const syncedAtMs = isSync ? nowMs : (before?.syncedAtMs ?? null);
    this.#sightings.set(key, { userId, deviceId, seenAtMs: nowMs, syncedAtMs });
  }

  /** One statement for all; never two at a time. */
  flush(): Promise<void> {
    this.#flushing = this.#flushing.then(() => this.#write());
    return this.#flushing;
  }

  async #write(): Promise<void> {
    if (this.#sightings.size === 0) return;
    const sightings = [...this.#sightings.values()];
    this.#sightings = new Map();
    try {
      await updateSightings(this.#pool, sightings);
    } catch (error) {
      this.#log.warn({ err: error }, "when devices were last seen could not be written");
    }
  }
}
