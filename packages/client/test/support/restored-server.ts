import { createTestDatabase, type TestDatabase } from "../../../server/test/support/database.ts";
import { startTestServer, type TestServer } from "../../../server/test/support/server.ts";
import type { SyncedDevice } from "./people.ts";

export interface RestoreOptions {
  /** The server knows that it was restored, and where its history was cut; else the lineage tells, once somebody asks. */
  readonly isExact: boolean;
}

/** A server whose database is put back to what it was. */
export class RestorableServer {
  server: TestServer;
  #backup: TestDatabase | null = null;
  readonly #closers: (() => Promise<unknown>)[] = [];

  private constructor(server: TestServer) {
    this.server = server;
  }

  static async start(): Promise<RestorableServer> {
    const database = await createTestDatabase();
    const restorable = new RestorableServer(await startTestServer({ database }));
    restorable.#closers.push(() => database.drop());
    return restorable;
  }

  get app(): TestServer["app"] {
    return this.server.app;
  }

  async backUp(): Promise<void> {
    this.#backup = await this.#copy(this.server.database);
  }

  /** What was written since the backup is lost; the devices find the restored server at the same address. */
  async restore(devices: readonly SyncedDevice[], { isExact }: RestoreOptions): Promise<void> {
    const database = await this.#copy(this.#backup!);
    if (isExact) await database.pool.query("select begin_epoch('restored', true)");
    await this.#replace(database, devices);
  }

  /** Another server with the same settings, on an empty database. */
  async wipe(devices: readonly SyncedDevice[]): Promise<void> {
    const database = await createTestDatabase();
    this.#closers.push(() => database.drop());
    await this.#replace(database, devices);
  }

  /** Purges all tombstones, as retention does when their time has come. */
  async purgeTombstones(): Promise<void> {
    const { pool } = this.server;
    await pool.query("update deleted_records set expires_at = 'epoch'");
    await pool.query("select cleanup_expired_deleted_records()");
  }

  async close(): Promise<void> {
    await this.server.close();
    for (const close of this.#closers.reverse()) await close();
  }

  async #copy(original: TestDatabase): Promise<TestDatabase> {
    const copy = await createTestDatabase({ copyOf: original });
    this.#closers.push(() => copy.drop());
    return copy;
  }

  async #replace(database: TestDatabase, devices: readonly SyncedDevice[]): Promise<void> {
    await this.server.close();
    this.server = await startTestServer({ database });
    for (const { network } of devices) network.app = this.server.app;
  }
}
