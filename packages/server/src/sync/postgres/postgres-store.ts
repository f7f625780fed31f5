import { formatInstant, limits, type Micros } from "@owlivion/sync-protocol";
import type { Pool, PoolClient } from "pg";
import type { DataTypes } from "../../db/data-types.ts";
import { withTransaction } from "../../db/pool.ts";
import { readInTransaction, readSnapshot, type SnapshotResult } from "../../db/snapshot-read.ts";
import { dataTypeLiteral, instantLiteral, integerLiteral, uuidLiteral } from "../../db/sql-literal.ts";
import { errorCode } from "../../error-code.ts";
import { ApiError } from "../../errors.ts";
import { type Random, systemRandom } from "../../random.ts";
import { belowHorizon } from "../check-cursor.ts";
import type { EpochStart } from "../judge-cursor.ts";
import type {
  BatchRequest,
  CollectionKey,
  DeltaStore,
  HeadProof,
  OpenBatch,
  Page,
  PageQuery,
  SincePage,
  SinceQuery,
  StatusRow,
} from "../store.ts";
import { applyBatch } from "./apply-batch.ts";
import { copyRows } from "./copy-rows.ts";
import { beginEpoch, canReadIdentity, settleIdentity } from "./epochs.ts";
import { epochStartsSql, headSql, readHead } from "./head-sql.ts";
import { openCollection, readCurrentRecords } from "./open-collection.ts";
import { readStatus } from "./read-status.ts";
import { cursorPageSql, historyPageSql, sincePageSql } from "./page-sql.ts";

/** What `get_changes_since` and `get_deleted_since` raise. */
const belowHorizonState = "OW410";

/**
 * The database lives in another cluster or on another timeline than its epoch began in: a restored dump, a promoted
 * replica.
 */
class DatabaseMoved extends Error {
  readonly epoch: string;

  constructor(epoch: string) {
    super("the database has moved to another cluster");
    this.epoch = epoch;
  }
}

export interface PostgresStoreOptions {
  readonly tombstoneDays: number;
  /** The server's clock, given the database's; a test may shift it. */
  readonly clock?: (databaseNow: Micros) => Micros;
  /** Where the ids of batches come from. */
  readonly random?: Random;
}

/** The delta protocol on PostgreSQL; the tables and functions are those of migration 002. */
export class PostgresStore implements DeltaStore {
  readonly #pool: Pool;
  readonly #dataTypes: DataTypes;
  readonly #options: PostgresStoreOptions;
  readonly #hasIdentity: boolean;

  private constructor(pool: Pool, dataTypes: DataTypes, options: PostgresStoreOptions, hasIdentity: boolean) {
    this.#pool = pool;
    this.#dataTypes = dataTypes;
    this.#options = options;
    this.#hasIdentity = hasIdentity;
  }

  static async open(pool: Pool, dataTypes: DataTypes, options: PostgresStoreOptions): Promise<PostgresStore> {
    const hasIdentity = await canReadIdentity(pool);
    if (hasIdentity) await settleIdentity(pool);
    return new PostgresStore(pool, dataTypes, options, hasIdentity);
  }

  async withBatch<T>(request: BatchRequest, work: (open: OpenBatch) => Promise<T>): Promise<T> {
    const run = () =>
      withTransaction(this.#pool, (client) => this.#workOn(client, request, work), { begin: null, retries: 3 });
    try {
      return await run();
    } catch (error) {
      // The same key on two collections at once: neither lock kept the other out.
      if (violatedConstraint(error) === "sync_batches_key") {
        throw new ApiError("IDEMPOTENCY_KEY_REUSED", { cause: error });
      }
      if (!(error instanceof DatabaseMoved)) throw error;
      // Nothing was written, and the transaction is over: begin the new epoch, then judge anew.
      await beginEpoch(this.#pool, error.epoch, this.#hasIdentity);
      return await run();
    }
  }

  async #workOn<T>(client: PoolClient, request: BatchRequest, work: (open: OpenBatch) => Promise<T>): Promise<T> {
    const { userId, idempotency } = request;
    const dataType = this.#dataTypes.numberOf(request.dataType);
    const opened = await openCollection(client, dataType, request, this.#hasIdentity);
    if (!opened.isSameCluster) throw new DatabaseMoved(opened.epoch);
    const { replay } = opened;
    const now = this.#options.clock?.(opened.state.now) ?? opened.state.now;
    return await work({
      state: { ...opened.state, now },
      epoch: opened.epoch,
      replay:
        replay === null
          ? null
          : {
              ...replay,
              isSameRequest:
                replay.dataType === dataType &&
                idempotency !== null &&
                replay.requestHash.equals(idempotency.requestHash),
            },
      readPage: (query) => this.#readPageIn(client, { ...query, userId, dataType: request.dataType }),
      readCurrent: (recordIds) => readCurrentRecords(client, userId, dataType, recordIds, limits.maxPageBytes),
      apply: (decision, answer) =>
        applyBatch(client, {
          request,
          dataType,
          epochNo: opened.epochNo,
          headBefore: opened.state.head,
          now,
          decision,
          answer,
          tombstoneDays: this.#options.tombstoneDays,
          random: this.#options.random ?? systemRandom,
        }),
    });
  }

  async readPage(query: PageQuery): Promise<Page> {
    const dataType = this.#dataTypes.numberOf(query.dataType);
    const result = await readSnapshot(this.#pool, [
      headSql(query.userId, dataType, query.lineageVersion),
      cursorPageSql(dataType, query),
    ]);
    return toPage(result, query.lineageVersion, query.limit);
  }

  async #readPageIn(client: PoolClient, query: PageQuery): Promise<Page> {
    const dataType = this.#dataTypes.numberOf(query.dataType);
    const statements = [headSql(query.userId, dataType, query.lineageVersion), cursorPageSql(dataType, query)];
    return toPage(await readInTransaction(client, statements), query.lineageVersion, query.limit);
  }

  async readSince(query: SinceQuery): Promise<SincePage> {
    const dataType = this.#dataTypes.numberOf(query.dataType);
    const since = instantLiteral(query.since);
    const user = uuidLiteral(query.userId);
    const head = headSql(query.userId, dataType, 0);
    const result = await readSnapshot(this.#pool, [
      head,
      `select version_at(${user}, ${integerLiteral(dataType)}::smallint, ${since}), c.change_count, c.deleted_count
        from count_changes_since(${user}, ${dataTypeLiteral(query.dataType)}, ${since}) c`,
      sincePageSql(query),
    ]).catch(async (error: unknown) => {
      if (errorCode(error) !== belowHorizonState) throw error;
      const { rows } = await readSnapshot(this.#pool, [head]);
      throw belowHorizon("CURSOR_EXPIRED", readHead(rows[0] ?? [], 0));
    });
    const [sinceVersion, totalChanges, totalDeleted] = result.rows[1] ?? [];
    return {
      ...toPage(result, 0, query.limit),
      sinceVersion: Number(sinceVersion ?? 0),
      totalChanges: Number(totalChanges ?? 0),
      totalDeleted: Number(totalDeleted ?? 0),
    };
  }

  async versionAt(key: CollectionKey, at: Micros): Promise<{ version: number; isExact: boolean }> {
    const { rows } = await this.#pool.query<{ version: string; is_exact: boolean }>(
      `select version_at($1, $2::smallint, $3) as version, coalesce((
          select b.head_before = 0 or b.first_changed_at <= $3 from sync_batches b
          where b.user_id = $1 and b.data_type = $2 and b.head_after > 0 order by b.head_after limit 1), true) as is_exact`,
      [key.userId, this.#dataTypes.numberOf(key.dataType), formatInstant(at)],
    );
    return { version: Number(rows[0]!.version), isExact: rows[0]!.is_exact };
  }

  async readHistory(query: CollectionKey & { recordId: string; before: number; limit: number }): Promise<Page> {
    const dataType = this.#dataTypes.numberOf(query.dataType);
    const result = await readSnapshot(this.#pool, [
      headSql(query.userId, dataType, 0),
      historyPageSql(dataType, query),
    ]);
    return toPage(result, 0, query.limit);
  }

  async putProof(key: CollectionKey, proof: HeadProof): Promise<"stored" | "head-moved"> {
    const { rowCount } = await this.#pool.query(
      `update sync_data s set proof_epoch = $3, proof_version = $4, proof = $5
        where s.user_id = $1 and s.data_type = $2 and s.head = $4 and s.head > 0
          and $3 = (select e.epoch from epochs e order by e.epoch_no desc limit 1)`,
      [key.userId, this.#dataTypes.numberOf(key.dataType), proof.epoch, proof.version, proof.proof],
    );
    return rowCount === 1 ? "stored" : "head-moved";
  }

  async readStatus(userId: string): Promise<ReadonlyMap<string, StatusRow>> {
    return readStatus(this.#pool, this.#dataTypes, userId);
  }

  beginEpoch(expected: string): Promise<void> {
    return beginEpoch(this.#pool, expected, this.#hasIdentity);
  }

  async listEpochs(key: CollectionKey): Promise<readonly EpochStart[]> {
    const { rows } = await this.#pool.query<{ epochs: EpochStart[] }>(
      `select ${epochStartsSql(key.userId, this.#dataTypes.numberOf(key.dataType))} as epochs`,
    );
    return rows[0]!.epochs;
  }
}

function violatedConstraint(error: unknown): unknown {
  return errorCode(error) === "23505" && error instanceof Error && "constraint" in error ? error.constraint : null;
}

/** Cuts the rows at the limits; a row beyond them tells that more follow. */
function toPage(result: SnapshotResult, lineageVersion: number, limit: number): Page {
  const copied = copyRows(result.copied);
  const rows = copied.filter(
    (row) => row.ordinal <= limit && (row.ordinal === 1 || row.bytesSoFar <= limits.maxPageBytes),
  );
  return { head: readHead(result.rows[0] ?? [], lineageVersion), rows, hasMore: rows.length < copied.length };
}
