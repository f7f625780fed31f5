import { decodeCbor } from "../../../../packages/client/src/transport/cbor-decode.ts";
import type { CommittedChange, SimReply, SimRequest } from "../server/sim-server.ts";
import type { WireTokens } from "./token-book.ts";
import type { Oracles } from "./oracles.ts";
import { type CollectionTruth, nonceOf } from "./truth.ts";
import { demand, Violation } from "./violation.ts";

/** A request as it arrived, and how things stood then. */
export interface Arrived {
  readonly request: SimRequest;
  readonly userId: string | null;
  readonly deviceId: string | null;
  readonly wasRevoked: boolean;
  /** A refresh that the server has to answer with the successor that it gave before. */
  readonly mustRefresh: boolean;
  readonly cuts: number;
  readonly head: number;
}

interface WireRow {
  readonly record_id: string;
  readonly version: number;
  readonly encrypted_record?: Uint8Array;
}
interface WirePage {
  readonly changes: readonly WireRow[];
  readonly deleted: readonly WireRow[];
  readonly pagination: { readonly has_more: boolean };
  readonly next_cursor: string;
  readonly epoch: string;
  readonly head: number;
  readonly horizon: number;
  readonly as_of?: number;
}
interface WirePush {
  readonly version: number;
  readonly epoch: string;
  readonly results: readonly { readonly record_id: string; readonly status: string; readonly version?: number }[];
  readonly conflicts?: readonly {
    readonly index: number;
    readonly record_id: string;
    readonly current: WireRow | null;
  }[];
  readonly delta?: {
    readonly changes: readonly WireRow[];
    readonly deleted: readonly WireRow[];
    readonly has_more: boolean;
  };
  readonly next_cursor?: string;
}
interface WireChange {
  readonly record_id: string;
  readonly encrypted_record?: Uint8Array;
}

/** Where a cursor stands, by the page that gave it out. */
interface Place {
  readonly userId: string;
  readonly dataType: string;
  readonly version: number;
  readonly cuts: number;
  /** In a first download: tombstones up to here are left out. */
  readonly spared: number;
}

/** Longer than this no reply of a batch is kept. */
const batchMs = 90 * 86_400_000;

const deltaPath = /^\/api\/v1\/sync\/([a-z_]+)\/delta(?:\?(.*))?$/;

export const refreshPath = "/api/v1/auth/refresh";
export const refreshTokenOf = ({ body }: SimRequest): string => jsonOf(body)["refresh_token"] ?? "";

/** Every answer of the server, held against what was committed. */
export class ReplyOracle {
  readonly #oracles: Oracles;
  readonly #cursors = new Map<string, Place>();
  readonly #results = new Map<string, { readonly text: string; readonly atMs: number }>();
  readonly #conflicted = new Set<string>();

  constructor(oracles: Oracles) {
    this.#oracles = oracles;
  }

  answered(arrived: Arrived, reply: SimReply): void {
    const { request, wasRevoked } = arrived;
    const isSuccess = reply.status >= 200 && reply.status < 300;
    if (reply.status >= 500) this.#oracles.count(`status.${reply.status}`);
    if (!isSuccess) return this.#refused(arrived, reply);
    demand(!wasRevoked, "S-I13", () => `${request.method} ${request.path} with a revoked session: ${reply.status}`);
    const delta = deltaPath.exec(request.path);
    if (delta !== null && request.method === "GET") this.#page(arrived, delta, dataOf(reply) as WirePage);
    else if (delta !== null) this.#push(arrived, delta[1]!, reply);
    else if (request.path.startsWith("/api/v1/auth/")) this.#session(request, reply);
  }

  #refused({ mustRefresh }: Arrived, reply: SimReply): void {
    const isEnded = mustRefresh && reply.status === 401 && this.#oracles.areSessionsKept;
    demand(!isEnded, "S-I13", () => "a refresh whose answer was lost was refused within the grace");
    if (reply.status !== 410 && reply.status !== 409 && reply.status !== 413) return;
    const { code } = JSON.parse(new TextDecoder().decode(reply.body)) as { code: string };
    this.#oracles.count(`reply.${code}`);
  }

  #session({ path, body }: SimRequest, reply: SimReply): void {
    const sent = jsonOf(body);
    const data = (dataOf(reply) ?? {}) as { user?: { id: string }; tokens?: WireTokens };
    const { tokens } = this.#oracles;
    if (data.tokens === undefined) return;
    if (path === refreshPath) {
      if (tokens.isRepeat(sent["refresh_token"]!)) this.#oracles.count("auth.graceRefresh");
      tokens.refreshed(sent["refresh_token"]!, data.tokens, this.#oracles.now);
    } else if (data.user !== undefined) {
      tokens.signedIn(sent["device_id"]!);
      tokens.gave({ userId: data.user.id, deviceId: sent["device_id"]! }, data.tokens);
    }
  }

  #page(arrived: Arrived, delta: RegExpExecArray, page: WirePage): void {
    const { truth } = this.#oracles;
    truth.meetEpoch(page.epoch);
    const { userId, cuts } = arrived;
    if (userId === null) throw new Violation("S-I11", `a page for a token of nobody`);
    const rows = [...page.changes, ...page.deleted];
    this.#own(userId, rows);
    const query = new URLSearchParams(delta[2] ?? "");
    const cursor = query.get("cursor");
    if (query.has("as_of") || page.as_of !== undefined || cursor === null) return;
    const collection = truth.of(userId, delta[1]!);
    const isInitial = cursor === "initial";
    const spared = isInitial && query.get("tombstones") !== "true" ? page.head : 0;
    const before = isInitial ? { version: 0, cuts, spared } : this.#cursors.get(cursor);
    const last = rows.reduce((most, { version }) => Math.max(most, version), 0);
    const end = page.pagination.has_more ? last : page.head;
    if (before !== undefined) {
      this.#give(page.next_cursor, {
        userId,
        dataType: collection.dataType,
        version: end,
        cuts: before.cuts,
        spared: before.spared,
      });
    }
    // A cut between then and now: what a cursor of before it stands for is the epoch's business.
    if (before === undefined || before.cuts !== truth.cuts || cuts !== truth.cuts) return;
    demand(page.head <= collection.head, "S-I2", () => `a head of ${page.head}, and ${collection.head} were committed`);
    demand(page.head >= arrived.head, "S-I2", () => `a head of ${page.head} after ${arrived.head} was committed`);
    const isWalk = before.version < before.spared || isInitial;
    if (!isWalk) {
      demand(
        before.version >= collection.horizon,
        "S-I9",
        () => `a cursor at ${before.version} below the horizon ${collection.horizon}: 200`,
      );
    }
    this.#compare(collection, rows, { since: before.version, end, head: page.head, spared: before.spared });
  }

  /** Exactly the newest changes in (since, end] of the state at the head. */
  #compare(
    collection: CollectionTruth,
    rows: readonly WireRow[],
    { since, end, head, spared }: { since: number; end: number; head: number; spared: number },
  ): void {
    const sent = new Map(rows.map((row) => [row.record_id, row]));
    let expected = 0;
    for (const entry of collection.at(head).values()) {
      if (entry.version <= since || entry.version > end) continue;
      const isTombstone = entry.changeType === "delete";
      if (isTombstone && (entry.version <= spared || entry.version <= collection.horizon)) {
        if (sent.has(entry.recordId)) expected += 1;
        continue;
      }
      expected += 1;
      const row = sent.get(entry.recordId);
      const what = (): string =>
        `${collection.dataType} (${since}, ${end}] of ${head}: ${entry.recordId} v${entry.version}`;
      demand(row !== undefined, "S-I2", () => `${what()} is missing`);
      demand(row.version === entry.version, "S-I2", () => `${what()} came as v${row.version}`);
      demand(isSame(row, entry), "S-I2", () => `${what()} came with other bytes`);
    }
    demand(
      expected === rows.length,
      "S-I2",
      () => `${collection.dataType} (${since}, ${end}] of ${head}: ${rows.length} rows, not ${expected}`,
    );
  }

  #push(arrived: Arrived, dataType: string, reply: SimReply): void {
    const { truth } = this.#oracles;
    const { request, userId, deviceId } = arrived;
    const data = dataOf(reply) as WirePush;
    truth.meetEpoch(data.epoch);
    if (userId === null || deviceId === null) throw new Violation("S-I11", `a push for a token of nobody`);
    const conflicts = data.conflicts ?? [];
    this.#own(userId, [
      ...(data.delta === undefined ? [] : [...data.delta.changes, ...data.delta.deleted]),
      ...conflicts.flatMap(({ current }) => (current === null ? [] : [current])),
    ]);
    const { changes } = decodeCbor(request.body!) as unknown as { changes: readonly WireChange[] };
    demand(
      data.results.length === changes.length,
      "S-I7",
      () => `${changes.length} changes, ${data.results.length} results`,
    );
    if (data.next_cursor !== undefined) {
      const rows = data.delta === undefined ? [] : [...data.delta.changes, ...data.delta.deleted];
      const last = rows.reduce((most, row) => Math.max(most, row.version), 0);
      // A replayed reply names the head of then, and its delta goes on to the head of now.
      const version = data.delta?.has_more === true ? last : Math.max(last, data.version);
      this.#give(data.next_cursor, { userId, dataType, version, cuts: arrived.cuts, spared: 0 });
    }
    if (arrived.cuts !== truth.cuts) return;
    const collection = truth.of(userId, dataType);
    this.#acknowledged(collection, deviceId, changes, data);
    this.#repeated(`${deviceId}/${request.headers["idempotency-key"]}/${truth.cuts}`, data);
    const batch = `${deviceId}/${request.headers["idempotency-key"]}`;
    const isLate = this.#conflicted.has(batch);
    if (conflicts.length > 0) this.#conflicted.add(batch);
    for (const { index, current } of conflicts) {
      const sent = changes[index]!.encrypted_record;
      const isOwn =
        sent !== undefined &&
        current?.encrypted_record !== undefined &&
        Buffer.compare(sent, current.encrypted_record) === 0;
      demand(!isOwn, "S-I6", () => `${changes[index]!.record_id} conflicts with itself`);
      // What conflicted is not kept: a second delivery, long after, is judged anew, and nobody waits for its answer.
      if (current === null || truth.cuts > 0 || isLate || this.#oracles.mayRepeat(deviceId)) continue;
      const author = collection.entries[current.version - 1]?.deviceId;
      const isForgotten = this.#oracles.hasForgotten(deviceId, collection.dataType, current.version);
      demand(
        author !== deviceId || isForgotten,
        "S-I6",
        () => `${changes[index]!.record_id} conflicts with v${current.version} of the device itself`,
      );
    }
  }

  /** S-I3: what was called applied is committed, at that version; in one run of versions (S-I7). */
  #acknowledged(collection: CollectionTruth, deviceId: string, changes: readonly WireChange[], data: WirePush): void {
    let last: number | null = null;
    for (const [i, { record_id, status, version }] of data.results.entries()) {
      demand(
        record_id === changes[i]!.record_id,
        "S-I7",
        () => `the result of ${changes[i]!.record_id} is of ${record_id}`,
      );
      if (status !== "applied") continue;
      const entry = collection.entries[version! - 1];
      const sent = changes[i]!.encrypted_record ?? new Uint8Array(0);
      const isThere =
        entry?.recordId === record_id && entry.deviceId === deviceId && Buffer.compare(entry.envelope, sent) === 0;
      demand(isThere, "S-I3", () => `${record_id} was acknowledged at v${version}, and is not there`);
      demand(last === null || version === last + 1, "S-I7", () => `versions ${last} and ${version} in one batch`);
      last = version!;
    }
  }

  /** S-I4: a batch that was applied is answered the same each time, for as long as the server keeps it. */
  #repeated(key: string, { results }: WirePush): void {
    const before = this.#results.get(key);
    if (before === undefined && results.every(({ status }) => status !== "applied")) return;
    const text = JSON.stringify(results);
    if (before === undefined) return void this.#results.set(key, { text, atMs: this.#oracles.now.serverMs });
    this.#oracles.count("push.replayed");
    if (this.#oracles.cleanedAtMs - before.atMs >= batchMs) return;
    demand(before.text === text, "S-I4", () => `${before.text} was answered, and now ${text}`);
  }

  #give(cursor: string, place: Place): void {
    this.#cursors.set(cursor, place);
  }

  #own(userId: string, rows: readonly WireRow[]): void {
    for (const { encrypted_record: bytes, record_id, version } of rows) {
      if (bytes === undefined || bytes.length === 0) continue;
      const owner = this.#oracles.truth.owners.get(nonceOf(bytes));
      demand(
        owner === undefined || owner === userId,
        "S-I11",
        () => `${record_id} v${version} belongs to ${owner}, and went to ${userId}`,
      );
    }
  }
}

const jsonOf = (body: Uint8Array | null): Record<string, string> =>
  body === null ? {} : (JSON.parse(new TextDecoder().decode(body)) as Record<string, string>);

const isSame = (row: WireRow, entry: CommittedChange): boolean =>
  Buffer.compare(row.encrypted_record ?? new Uint8Array(0), entry.envelope) === 0;

function dataOf({ headers, body }: SimReply): unknown {
  const isCbor = headers["content-type"]?.startsWith("application/cbor") === true;
  const envelope = isCbor ? decodeCbor(body) : (JSON.parse(new TextDecoder().decode(body)) as unknown);
  return (envelope as { data?: unknown }).data;
}
