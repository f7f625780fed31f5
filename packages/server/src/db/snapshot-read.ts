import type { Connection, Pool, PoolClient, Submittable } from "pg";
import { isUnanswered } from "./classify-database-error.ts";

/** What several statements sent at once answer: text rows by statement, and what one COPY streamed. */
export interface SnapshotResult {
  readonly rows: readonly (readonly (string | null)[])[];
  readonly copied: Buffer;
}

/**
 * One round trip through the simple protocol: text rows of its SELECTs in order, and the bytes of its COPY … TO STDOUT.
 * COPY in binary is the fastest way out of PostgreSQL that `pg` can carry, but its chunks lie in a buffer that the
 * driver uses again: they are gathered as they come.
 */
class SnapshotQuery implements Submittable {
  readonly #text: string;
  readonly #rows: (string | null)[][] = [];
  #copied = Buffer.allocUnsafe(64 * 1024);
  #length = 0;
  #hasFailed = false;
  /** Called once at the end; the client wraps it to watch its query timeout. */
  callback: (error: Error | null, result?: SnapshotResult) => void;
  readonly done: Promise<SnapshotResult>;

  constructor(text: string) {
    this.#text = text;
    const { promise, resolve, reject } = Promise.withResolvers<SnapshotResult>();
    this.done = promise;
    this.callback = (error, result) => (result === undefined ? reject(error) : resolve(result));
  }

  submit(connection: Connection): void {
    connection.query(this.#text);
  }

  handleRowDescription(): void {}
  handleCommandComplete(): void {}
  handleEmptyQuery(): void {}

  handleDataRow(message: { fields: (string | null)[] }): void {
    this.#rows.push(message.fields);
  }

  handleCopyData(message: { chunk: Buffer }): void {
    const { chunk } = message;
    if (this.#length + chunk.length > this.#copied.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.#copied.length * 2, this.#length + chunk.length));
      this.#copied.copy(larger, 0, 0, this.#length);
      this.#copied = larger;
    }
    chunk.copy(this.#copied, this.#length);
    this.#length += chunk.length;
  }

  handleError(error: Error): void {
    this.#hasFailed = true;
    this.callback(error);
  }

  handleReadyForQuery(): void {
    if (!this.#hasFailed) {
      this.callback(null, { rows: this.#rows, copied: this.#copied.subarray(0, this.#length) });
    }
  }
}

/** Runs statements on a connection that is in a transaction already. */
export function readInTransaction(client: PoolClient, statements: readonly string[]): Promise<SnapshotResult> {
  return client.query(new SnapshotQuery(statements.join(";\n"))).done;
}

/** Runs statements in one snapshot of their own. */
export async function readSnapshot(pool: Pool, statements: readonly string[]): Promise<SnapshotResult> {
  const client = await pool.connect();
  let failure: Error | undefined;
  const onError = (error: Error) => (failure = error);
  client.on("error", onError);
  try {
    return await readInTransaction(client, [
      "begin isolation level repeatable read, read only",
      ...statements,
      "commit",
    ]);
  } catch (error) {
    if (error instanceof Error && isUnanswered(error)) failure = error;
    else {
      await client.query("rollback").catch((rollbackError: unknown) => {
        failure ??= rollbackError instanceof Error ? rollbackError : new Error("rollback failed");
      });
    }
    throw error;
  } finally {
    client.off("error", onError);
    client.release(failure);
  }
}
