import {
  type CursorPage,
  type DownloadDeletedReply,
  limits,
  type RecordHistoryReply,
  type SincePage,
  type CollectionStatus,
  type UploadDeltaReply,
} from "@owlivion/sync-protocol";
import type { Static } from "typebox";
import { type ChangeInput, uploadedChange } from "./change.ts";
import type { Device } from "./device.ts";
import type { Answer } from "./http/target.ts";

export type Uploaded = Static<typeof UploadDeltaReply>["data"];
export type Page = Static<typeof CursorPage>;
export type Since = Static<typeof SincePage>;
export type Deleted = Static<typeof DownloadDeletedReply>["data"];
export type History = Static<typeof RecordHistoryReply>["data"];

export interface PushOptions {
  readonly key?: string;
  readonly epoch?: string;
  readonly cursor?: string;
  readonly client_timestamp?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly wantsLimit?: boolean;
}

export type Query = Partial<Record<"cursor" | "since" | "as_of", string>> &
  Partial<Record<"limit" | "offset", number>> & { tombstones?: boolean };

/** One device's view of one collection. */
export class Collection {
  readonly device: Device;
  readonly dataType: string;

  constructor(device: Device, dataType: string) {
    this.device = device;
    this.dataType = dataType;
  }

  get url(): string {
    return `/api/v1/sync/${this.dataType}`;
  }

  /** The same collection, seen by another device. */
  by(device: Device): Collection {
    return device.collection(this.dataType);
  }

  push(changes: readonly ChangeInput[], options: PushOptions = {}): Promise<Answer<Uploaded>> {
    return this.send(this.body(changes, options), options);
  }

  body(changes: readonly ChangeInput[], { epoch, cursor, client_timestamp }: PushOptions = {}) {
    const optional = Object.entries({ epoch, cursor, client_timestamp }).filter(([, value]) => value !== undefined);
    return {
      changes: changes.map(uploadedChange),
      device_id: this.device.id,
      ...(Object.fromEntries(optional) as Record<string, string>),
    };
  }

  send(json: unknown, { key, headers = {}, wantsLimit = false }: PushOptions = {}): Promise<Answer<Uploaded>> {
    return this.device.call<Uploaded>({
      method: "POST",
      url: `${this.url}/delta`,
      json,
      headers: { ...(key === undefined ? {} : { "idempotency-key": key }), ...headers },
      wantsLimit,
    });
  }

  /** A push that must be accepted whole. */
  async put(changes: readonly ChangeInput[], options: PushOptions = {}): Promise<Uploaded> {
    const { status, code, details, data } = await this.push(changes, options);
    if (status !== 200) throw new Error(`a push answered ${status} ${code}: ${JSON.stringify(details)}`);
    if (data.conflict_count > 0) throw new Error(`conflicts: ${JSON.stringify(data.conflicts)}`);
    return data;
  }

  pull(query: Query): Promise<Answer<Page>> {
    return this.device.call<Page>({ url: `${this.url}/delta?${asText(query)}` });
  }

  async page(query: Query): Promise<Page> {
    return must(await this.pull(query));
  }

  async since(query: Query & { since: string }): Promise<Since> {
    return must(await this.device.call<Since>({ url: `${this.url}/delta?${asText(query)}` }));
  }

  async deleted(query: Query & { since: string }): Promise<Deleted> {
    return must(await this.device.call<Deleted>({ url: `${this.url}/deleted?${asText(query)}` }));
  }

  async history(id: string, query: { limit?: number; before?: number } = {}): Promise<History> {
    const url = `${this.url}/records/${encodeURIComponent(id)}/history?${asText(query)}`;
    return must(await this.device.call<History>({ url }));
  }

  async status(): Promise<CollectionStatus | null> {
    const all = must(await this.device.call<Record<string, CollectionStatus | null>>({ url: "/api/v1/sync/status" }));
    return all[this.dataType] ?? null;
  }

  /** Follows the cursor to its end: the pages, and what a device holds then, versions by record id. */
  async walk(query: Query): Promise<{ pages: Page[]; state: Map<string, number>; cursor: string }> {
    const state = new Map<string, number>();
    const pages: Page[] = [];
    let page = await this.page(query);
    for (;;) {
      pages.push(page);
      for (const row of page.changes) state.set(row.record_id, row.version);
      for (const row of page.deleted) if ((state.get(row.record_id) ?? 0) < row.version) state.delete(row.record_id);
      if (!page.pagination.has_more) return { pages, state, cursor: page.next_cursor };
      if (pages.length > limits.maxPageRows) throw new Error("the walk does not end");
      const { limit } = query;
      page = await this.page({ cursor: page.next_cursor, ...(limit === undefined ? {} : { limit }) });
    }
  }
}

function must<Data>({ status, code, data }: Answer<Data>): Data {
  if (status !== 200) throw new Error(`a read answered ${status} ${code}`);
  return data;
}

function asText(query: object): string {
  return new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)])).toString();
}
