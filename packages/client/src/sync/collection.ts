import type { JsonObject } from "@owlivion/sync-crypto";
import { type DataType, presentFields, type RecordFields } from "../data-types/data-type.ts";
import { deleteRecords } from "../engine/delete-records.ts";
import type { EditInput } from "../engine/edit-record.ts";
import { editRecords } from "../engine/edit-records.ts";
import type { EngineContext } from "../engine/engine-context.ts";
import { SyncError } from "../errors.ts";
import { readFields } from "../merge/edit-value.ts";
import { recordKey, type ViewRow } from "../store/rows.ts";
import type { Edits } from "./edits.ts";

/** A record with its id, a plain object of the application's own. */
export type StoredRecord<T extends object> = T & { readonly id: string };

export interface ListOptions<T extends object> {
  /** Only records that have these values. */
  readonly where?: Partial<T>;
  readonly filter?: (record: StoredRecord<T>) => boolean;
  readonly orderBy?: keyof T & string;
  readonly limit?: number;
}

/** What is special about a record, beside its values. */
export interface RecordState {
  /** It has an edit that the server has not accepted yet. */
  readonly isWaiting: boolean;
  /** Why the edit is not sent; null: it will be. */
  readonly heldBecause: string | null;
  /** What the data type's schema says against it. */
  readonly problem: string | null;
  /** `unreadable`, `unconfirmed`, `staged`: see docs/client.md. */
  readonly mark: string | null;
  readonly openConflicts: number;
}

/**
 * The records of one data type, as they look here and now: what the server has, and this device's edits on top. Every call works
 * offline; a write is durable on the device when its promise resolves.
 */
export interface Collection<T extends object = RecordFields> {
  readonly dataType: string;
  /**
   * Inserts or replaces a record and answers its id. Without `id` the data type's natural key finds it (then fields that are not
   * given stay) or makes its id. Throws INVALID_RECORD, SECRET_FIELD, RECORD_TOO_LARGE.
   */
  put(record: T & { readonly id?: string }): Promise<string>;
  /** Puts many in one transaction: all or none. Answers their ids. */
  putMany(records: readonly (T & { readonly id?: string })[]): Promise<string[]>;
  /** Values that nobody chose: they lose to whatever anyone wrote, on any device. */
  putDefault(record: T & { readonly id?: string }): Promise<string>;
  /** Changes the given fields; null removes one. Throws RECORD_NOT_FOUND. */
  patch(id: string, fields: { readonly [K in keyof T]?: T[K] | null }): Promise<void>;
  /** True: it was there. More than 50 deletions (or a fifth) in an hour wait for `sync.deletions.confirm`. */
  delete(id: string): Promise<boolean>;
  /** Answers how many were there. `confirmed`: the person was asked. */
  deleteMany(ids: readonly string[], options?: { readonly confirmed?: boolean }): Promise<number>;
  get(id: string): Promise<StoredRecord<T> | undefined>;
  /** In the order of `ids`; undefined where there is no record. */
  getMany(ids: readonly string[]): Promise<(StoredRecord<T> | undefined)[]>;
  list(options?: ListOptions<T>): Promise<StoredRecord<T>[]>;
  /** One by one, in the order of their ids, without holding them all. */
  iterate(): AsyncIterable<StoredRecord<T>>;
  query(filter: (record: StoredRecord<T>) => boolean): Promise<StoredRecord<T>[]>;
  count(): Promise<number>;
  /** Calls back with the list now and after every change, until the answer is called. */
  subscribe(listener: (records: StoredRecord<T>[]) => void, options?: ListOptions<T>): () => void;
  /** Calls back when records may look different: their ids, or null for any of them. See `liveList` for a list that follows. */
  onChange(listener: (recordIds: readonly string[] | null) => void): () => void;
  state(id: string): Promise<RecordState>;
}

const rowsPerStep = 500;

export function createCollection<T extends object>(
  context: EngineContext,
  edits: Edits,
  type: DataType<T>,
): Collection<T> {
  const dataType = type.name;
  const prefix = `${dataType}/`;

  const edit = async (inputs: readonly EditInput[]): Promise<string[]> =>
    await edits.run(dataType, async (tx) => {
      const results = await editRecords(context, tx, dataType, inputs);
      return {
        value: results.map(({ recordId }) => recordId),
        changedIds: results.flatMap(({ recordId, hasChanged }) => (hasChanged ? [recordId] : [])),
        events: results.flatMap(({ events }) => events),
      };
    });

  const toInput = (record: object, isDefault = false): EditInput => {
    const { id, ...fields } = readFields(record) as JsonObject & { id?: unknown };
    refuseSecrets(type as unknown as DataType, fields);
    return { recordId: id === undefined ? null : checkId(id), fields, mode: "replace", isDefault };
  };

  async function* iterate(): AsyncIterable<StoredRecord<T>> {
    for (let after: string | undefined; ;) {
      const range = { prefix, limit: rowsPerStep, ...(after === undefined ? {} : { after }) };
      const rows = await context.store.read(["views"], async (tx) => await tx.scan("views", range));
      for (const row of rows) yield toRecord<T>(row);
      if (rows.length < rowsPerStep) return;
      after = rows.at(-1)!.key;
    }
  }

  const list = async (options: ListOptions<T> = {}): Promise<StoredRecord<T>[]> => {
    const rows = await context.store.read(["views"], async (tx) => await tx.scan("views", { prefix }));
    return select(
      rows.map((row) => toRecord<T>(row)),
      options,
    );
  };

  return {
    dataType,
    put: async (record) => (await edit([toInput(record)]))[0]!,
    putMany: async (records) => await edit(records.map((record) => toInput(record))),
    putDefault: async (record) => (await edit([toInput(record, true)]))[0]!,
    async patch(id, fields) {
      const { id: _, ...given } = readFields(fields) as JsonObject & { id?: unknown };
      refuseSecrets(type as unknown as DataType, given);
      await edit([{ recordId: checkId(id), fields: given, mode: "patch" }]);
    },
    delete: async (id) => (await removeMany(context, edits, dataType, [checkId(id)], false)) === 1,
    deleteMany: async (ids, { confirmed = false } = {}) =>
      await removeMany(context, edits, dataType, ids.map(checkId), confirmed),
    async get(id) {
      const row = await context.store.read(["views"], async (tx) => await tx.get("views", recordKey(dataType, id)));
      return row === undefined ? undefined : toRecord<T>(row);
    },
    async getMany(ids) {
      const keys = ids.map((id) => recordKey(dataType, id));
      const rows = await context.store.read(["views"], async (tx) => await tx.getMany("views", keys));
      return rows.map((row) => (row === undefined ? undefined : toRecord<T>(row)));
    },
    list,
    iterate,
    query: async (filter) => await list({ filter }),
    count: async () => await context.store.read(["views"], async (tx) => await tx.count("views", prefix)),
    subscribe: (listener, options) => subscribe(context, dataType, async () => listener(await list(options))),
    onChange: (listener) =>
      context.events.on((event) => {
        if (event.type === "change" && event.dataType === dataType) listener(event.recordIds);
        // Signing out empties the store, and nobody tells of single records.
        else if (event.type === "session" || event.type === "storage_lost") listener(null);
      }),
    state: async (id) => await readState(context, dataType, checkId(id)),
  };
}

function toRecord<T extends object>({ recordId, fields }: ViewRow): StoredRecord<T> {
  return { ...presentFields(fields), id: recordId } as unknown as StoredRecord<T>;
}

function select<T extends object>(records: StoredRecord<T>[], options: ListOptions<T>): StoredRecord<T>[] {
  const { where = {}, filter, orderBy, limit = Infinity } = options;
  const chosen = records.filter((record) => isMatch(record, where, filter));
  if (orderBy !== undefined) chosen.sort((a, b) => compareFields(a[orderBy], b[orderBy]));
  return limit < chosen.length ? chosen.slice(0, limit) : chosen;
}

export function isMatch<T extends object>(
  record: StoredRecord<T>,
  where: Partial<T>,
  filter?: (record: StoredRecord<T>) => boolean,
): boolean {
  const isAlike = Object.entries(where).every(([field, value]) => (record as Record<string, unknown>)[field] === value);
  return isAlike && (filter === undefined || filter(record));
}

const { compare: compareText } = new Intl.Collator();

/** Numbers by size, everything else as a person sorts text; what is not there comes last. */
export function compareFields(a: unknown, b: unknown): number {
  if (a == null || b == null) return (a == null ? 1 : 0) - (b == null ? 1 : 0);
  if (typeof a === "number" && typeof b === "number") return a - b;
  return compareText(String(a), String(b));
}

async function removeMany(
  context: EngineContext,
  edits: Edits,
  dataType: string,
  ids: readonly string[],
  confirmed: boolean,
): Promise<number> {
  return await edits.run(dataType, async (tx) => {
    const { recordIds, held, events } = await deleteRecords(context, tx, dataType, ids, confirmed);
    const heldEvents = held === 0 ? [] : [{ type: "deletions_held", dataType, count: held } as const];
    return { value: recordIds.length, changedIds: recordIds, events: [...events, ...heldEvents] };
  });
}

/** Lists once for any number of changes that come while it lists. */
function subscribe(context: EngineContext, dataType: string, show: () => Promise<void>): () => void {
  let isOver = false;
  let isListing = false;
  let isStale = false;
  const refresh = async (): Promise<void> => {
    if (isListing) {
      isStale = true;
      return;
    }
    isListing = true;
    do {
      isStale = false;
      try {
        if (!isOver) await show();
      } catch (error) {
        if (!isOver && !(error instanceof SyncError)) throw error;
      }
    } while (isStale && !isOver);
    isListing = false;
  };
  const start = (): void => void refresh().catch((error: unknown) => context.events.report(error));
  const unsubscribe = context.events.on((event) => {
    if (event.type === "change" && event.dataType === dataType) start();
  });
  start();
  return () => {
    isOver = true;
    unsubscribe();
  };
}

async function readState(context: EngineContext, dataType: string, id: string): Promise<RecordState> {
  const key = recordKey(dataType, id);
  return await context.store.read(["outbox", "views", "marks", "conflicts"], async (tx) => {
    const outbox = await tx.get("outbox", key);
    const conflicts = await tx.scan("conflicts", { prefix: `${key}/` });
    return {
      isWaiting: outbox !== undefined,
      heldBecause: outbox?.held ?? null,
      problem: (await tx.get("views", key))?.problem ?? null,
      mark: (await tx.get("marks", key))?.kind ?? null,
      openConflicts: conflicts.filter(({ resolvedMs }) => resolvedMs === null).length,
    };
  });
}

function checkId(id: unknown): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is refused
  if (typeof id !== "string" || id.length === 0 || [...id].length > 255 || /[\u0000-\u001f\u007f]/.test(id)) {
    throw new SyncError("INVALID_RECORD_ID");
  }
  if (!id.isWellFormed()) throw new SyncError("INVALID_RECORD_ID");
  return id;
}

function refuseSecrets({ secretFields = [] }: DataType, fields: JsonObject): void {
  const found = secretFields.filter((field) => Object.hasOwn(fields, field) && fields[field] !== null);
  if (found.length === 0) return;
  throw new SyncError("SECRET_FIELD", { message: `This app does not sync secrets: ${found.join(", ")}.` });
}
