import type {
  CursorPage,
  DownloadDeletedReply,
  RecordHistoryReply,
  SincePage,
  StoredChange,
  SyncStatusReply,
  Tombstone,
  UploadDeltaReply,
} from "@owlivion/sync-protocol";
import type { Static } from "typebox";
import type { Answer, Api } from "./api.ts";
import { type ChangeInput, uploadedChange } from "./batches.ts";
import type { TestAccount } from "./server.ts";

export type Uploaded = Static<typeof UploadDeltaReply>["data"];
export type CursorPageData = Static<typeof CursorPage>;
export type SincePageData = Static<typeof SincePage>;
type AnyPage = CursorPageData & Partial<SincePageData>;
type Row = { record_id: string; version: number };

export interface PushOptions {
  key?: string;
  epoch?: string;
  cursor?: string;
  client_timestamp?: string;
  headers?: Record<string, string>;
}

export type PullQuery = Partial<Record<"cursor" | "since" | "as_of", string>> &
  Partial<Record<"limit" | "offset", number>> & { tombstones?: boolean };

/** One device's view of one collection, over HTTP. */
export interface SyncClient {
  readonly account: TestAccount;
  readonly deviceId: string;
  push(changes: readonly ChangeInput[], options?: PushOptions): Promise<Answer<Uploaded>>;
  /** The same, of which every change must be accepted. */
  accepted(changes: readonly ChangeInput[], options?: PushOptions): Promise<Uploaded>;
  send(body: unknown, options?: PushOptions): Promise<Answer<Uploaded>>;
  pull(query: PullQuery): Promise<Answer<AnyPage>>;
  page(query: PullQuery): Promise<CursorPageData>;
  since(query: PullQuery & { since: string }): Promise<SincePageData>;
  deleted(query: PullQuery): Promise<Answer<Static<typeof DownloadDeletedReply>["data"]>>;
  history(id: string, query?: object): Promise<Answer<Static<typeof RecordHistoryReply>["data"]>>;
  status(): Promise<Static<typeof SyncStatusReply>["data"]>;
  /** Follows the cursor to the end: versions by record id, on top of `state`. */
  walk(query: PullQuery, state?: Map<string, number>): Promise<{ state: Map<string, number>; cursor: string }>;
}

export function syncClient(api: Api, account: TestAccount, dataType = "contacts"): SyncClient {
  const url = `/api/v1/sync/${dataType}`;
  const client: SyncClient = {
    account,
    deviceId: account.deviceId,
    push(changes, options = {}) {
      const { epoch, cursor, client_timestamp } = options;
      const body = { changes: changes.map(uploadedChange), device_id: account.deviceId };
      return client.send({ ...body, ...given({ epoch, cursor, client_timestamp }) }, options);
    },
    async accepted(changes, options) {
      const { status, code, data, details } = await client.push(changes, options);
      if (status !== 200) throw new Error(`a push answered ${status} ${code}: ${JSON.stringify(details)}`);
      if (data.conflict_count > 0) throw new Error(`conflicts: ${JSON.stringify(data.conflicts)}`);
      return data;
    },
    send(body, { key, headers = {} } = {}) {
      return api.call(
        {
          method: "POST",
          url: `${url}/delta`,
          headers: { "content-type": "application/json", ...given({ "idempotency-key": key }), ...headers },
          payload: typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body),
        },
        account,
      );
    },
    pull: (query) => api.call({ url: `${url}/delta?${queryOf(query)}` }, account),
    async page(query) {
      const answer = await client.pull(query);
      if (answer.status !== 200) throw new Error(`a pull answered ${answer.status} ${answer.code}`);
      return answer.data;
    },
    since: async (query) => (await client.page(query)) as unknown as SincePageData,
    deleted: (query) => api.call({ url: `${url}/deleted?${queryOf(query)}` }, account),
    history: (id, query = {}) =>
      api.call({ url: `${url}/records/${encodeURIComponent(id)}/history?${queryOf(query)}` }, account),
    status: async () =>
      (await api.call<Static<typeof SyncStatusReply>["data"]>({ url: "/api/v1/sync/status" }, account)).data,
    async walk(query, state = new Map()) {
      let page = await client.page(query);
      for (let pages = 1; ; pages += 1) {
        applyPage(state, page);
        if (!page.pagination.has_more) return { state, cursor: page.next_cursor };
        if (pages > 5000) throw new Error("the walk does not end");
        page = await client.page({ cursor: page.next_cursor, ...given({ limit: query.limit }) });
      }
    },
  };
  return client;
}

/** What a page does to a device's state: versions by record id. */
export function applyPage(
  state: Map<string, number>,
  page: { changes: readonly Row[]; deleted: readonly Row[] },
): void {
  for (const row of page.changes) state.set(row.record_id, row.version);
  for (const row of page.deleted) if ((state.get(row.record_id) ?? 0) < row.version) state.delete(row.record_id);
}

export const versionsOf = (rows: readonly Row[]): number[] => rows.map((row) => row.version);
export const idsOf = (rows: readonly Row[]): string[] => rows.map((row) => row.record_id);
export const textOf = (row: Pick<Static<typeof StoredChange> | Static<typeof Tombstone>, "encrypted_record">): string =>
  Buffer.from(row.encrypted_record ?? "", "base64").toString();

function queryOf(query: object): string {
  return new URLSearchParams(
    Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]),
  ).toString();
}

/** Without what is undefined. */
function given<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}
