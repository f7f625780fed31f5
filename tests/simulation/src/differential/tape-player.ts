import { AsyncLocalStorage } from "node:async_hooks";
import { hash } from "node:crypto";
import { formatInstant } from "@owlivion/sync-protocol";
import { type Backup, ServerCrashed, type SimServer, type StatementFault } from "../server/sim-server.ts";
import { Random, hashText } from "../tapes/random.ts";
import { Scheduler } from "../time/scheduler.ts";
import type { MakeServer } from "../world/world.ts";
import { Normalized } from "./normalized.ts";
import type { Step, TapedRequest } from "./request-tape.ts";

const beginMs = Date.parse("2026-03-01T00:00:00Z");
const password = "a password of the tapes";
const deviceIds = ["aaaaaaaa", "bbbbbbbb", "cccccccc"].map((part) => `${part}-0000-4000-8000-000000000000`);
const dataTypes = ["contacts", "preferences"];

/** Where both servers ask, in the same order, for the same request. */
const commonPlaces: ReadonlySet<string> = new Set(["open_collection", "apply_batch", "commit", "read_page"]);
const faults: readonly StatementFault[] = [
  "serialization",
  "deadlock",
  "lock-timeout",
  "connection-lost",
  "commit-unknown",
  "crash",
];

/** What is known of a collection: from replies, in the order in which they came. */
interface Known {
  readonly cursors: string[];
  readonly epochs: string[];
  readonly versions: Map<string, number>;
  /** Of each record, the payload last sent. */
  readonly sent: Map<string, Record<string, string>>;
  readonly times: string[];
  head: number;
}

/** Plays a tape on a server and writes down what it answered and what it holds, without what is random. */
export class TapePlayer {
  readonly lines: string[] = [];
  readonly #seed: number;
  readonly #scheduler = new Scheduler();
  readonly #request = new AsyncLocalStorage<{ readonly name: string; readonly asked: Map<string, number> }>();
  readonly #known = new Map(dataTypes.map((name) => [name, emptyKnown()]));
  readonly #tokens: { access: string; refresh: string }[] = [];
  readonly #normalized = new Normalized();
  readonly #hasFaults: boolean;
  #server!: SimServer;
  #userId = "";
  #backup: Backup | null = null;
  #areFaultsOn = false;
  #waitedMs = 0;
  /** What was in the history at the last cleanup. */
  #sweptBatches = 0;

  constructor(seed: number) {
    this.#seed = seed;
    this.#hasFaults = new Random(seed, "faults").chance(0.5);
  }

  async play(makeServer: MakeServer, steps: readonly Step[]): Promise<readonly string[]> {
    const random = new Random(this.#seed, "server");
    this.#server = await makeServer({
      now: () => this.#nowMicros(),
      randomBytes: (length) => random.bytes(length),
      external: (work) => this.#scheduler.external(work),
      atStatement: (place) => this.#atStatement(place),
    });
    try {
      for (const [i, deviceId] of deviceIds.entries())
        await this.#whole(`sign in ${i}`, () => this.#signIn(i, deviceId));
      this.#areFaultsOn = this.#hasFaults;
      for (const [i, step] of steps.entries()) {
        await this.#whole(`step ${i}`, () => this.#step(step, i));
        await this.#whole(`look ${i}`, () => this.#look(i));
      }
    } finally {
      await this.#server.close();
    }
    return this.lines;
  }

  async #step(step: Step, index: number): Promise<void> {
    const { operator } = this.#server;
    switch (step.do) {
      case "requests":
        await Promise.all(
          step.requests.map(async (request, i) => {
            await this.#scheduler.wait(request.atMs);
            await this.#request.run({ name: `${index}/${i}`, asked: new Map() }, () =>
              this.#send(request, `${index}/${i}`),
            );
          }),
        );
        return;
      case "wait":
        this.#waitedMs += step.ms;
        return;
      case "cleanup":
        this.#note(`${index} cleanup ${await operator.cleanup({ acceptClock: true })}`);
        this.#sweptBatches = this.#server.history.length;
        return;
      case "restart":
        return operator.restart();
      case "backup":
        this.#backup = await operator.backup();
        return;
      case "loseBatch":
        // A standby that lacks a batch lacks what retention did after it. One server takes the batch back, no more.
        if (this.#server.history.findLastIndex(({ isLost }) => !isLost) < this.#sweptBatches) return;
        return await operator.loseLastBatches(1);
      case "restore":
        if (this.#backup !== null) await operator.restore(this.#backup, step.mode);
        return;
      case "quota":
        return operator.setQuota({ maxRecords: step.records, maxBytes: 1_000_000 });
      case "revoke":
        this.#note(`${index} revoked ${await operator.revokeDevice(this.#userId, deviceIds[step.device]!)}`);
        await this.#signIn(step.device, deviceIds[step.device]!);
    }
  }

  async #signIn(index: number, deviceId: string): Promise<void> {
    const first = this.#userId === "";
    const body = { email: "ada@example.com", password, device_id: deviceId, platform: "linux" };
    const reply = await this.#call("POST", first ? "/auth/register" : "/auth/login", `sign in ${index}`, { body });
    const data = reply?.["data"] as { user: { id: string }; tokens: Record<string, string> } | undefined;
    if (data === undefined) return;
    this.#userId = data.user.id;
    this.#tokens[index] = { access: data.tokens["access_token"]!, refresh: data.tokens["refresh_token"]! };
  }

  async #send(request: TapedRequest, name: string): Promise<void> {
    const known = this.#known.get(request.dataType)!;
    const path = `/sync/${request.dataType}`;
    const get = (where: string) => this.#call("GET", where, name, { device: request.device });
    const cursorAt = (back: number | null) => (back === null ? "initial" : (known.cursors.at(-1 - back) ?? "initial"));
    switch (request.do) {
      case "push": {
        const { cursor } = request;
        const body = {
          changes: request.changes.map((change, i) => this.#change(change, known, request.key ?? `${name}/${i}`)),
          device_id: deviceIds[request.device],
          ...(known.epochs.length === 0 ? {} : { epoch: known.epochs.at(-1 - request.epoch) ?? known.epochs[0] }),
          ...(cursor === null || known.cursors.length === 0 ? {} : { cursor: cursorAt(cursor) }),
        };
        const headers: Record<string, string> = request.key === null ? {} : { "idempotency-key": request.key };
        const reply = await this.#call("POST", `${path}/delta`, name, { device: request.device, body, headers });
        this.#learn(known, reply);
        return;
      }
      case "pull": {
        const more = request.cursor === null && request.tombstones ? "&tombstones=true" : "";
        this.#learn(known, await get(`${path}/delta?cursor=${cursorAt(request.cursor)}&limit=${request.limit}${more}`));
        return;
      }
      case "since":
      case "deleted": {
        const time = known.times.at(-1 - request.time) ?? known.times[0] ?? formatInstant((beginMs - 1000) * 1000);
        const query = `since=${encodeURIComponent(time)}&limit=${request.limit}&offset=${request.offset}`;
        await get(`${path}/${request.do === "since" ? "delta" : "deleted"}?${query}`);
        return;
      }
      case "asOf":
        await get(`${path}/delta?as_of=${Math.max(0, known.head - request.version)}&limit=${request.limit}`);
        return;
      case "history":
        await get(`${path}/records/${request.id}/history?limit=${request.limit}`);
        return;
      case "proof": {
        const proof = Buffer.alloc(32, name.length).toString("base64");
        const epoch = known.epochs.at(-1 - request.epoch) ?? "00000000-0000-4000-8000-000000000000";
        const body = { epoch, version: Math.max(0, known.head - request.behind), proof };
        await this.#call("PUT", `${path}/proof`, name, { device: request.device, body });
        return;
      }
      case "status":
        await get("/sync/status");
        return;
      case "devices":
        await get("/devices");
        return;
      case "login":
        await this.#call("POST", "/auth/login", name, {
          body: { email: "ada@example.com", password: "not the password", device_id: deviceIds[request.device] },
        });
        return;
      case "refresh": {
        const tokens = this.#tokens[request.device];
        if (tokens === undefined) return;
        const reply = await this.#call("POST", "/auth/refresh", name, { body: { refresh_token: tokens.refresh } });
        const data = reply?.["data"] as { tokens: Record<string, string> } | undefined;
        if (data === undefined) return;
        const { access_token: access, refresh_token: refresh } = data.tokens;
        this.#tokens[request.device] = { access: access!, refresh: refresh! };
      }
    }
  }

  #change(
    { id, kind, text, isAgain, age, staleness }: Extract<TapedRequest, { do: "push" }>["changes"][number],
    known: Known,
    salt: string,
  ) {
    const before = isAgain && kind !== "delete" ? known.sent.get(id) : undefined;
    const payload = before ?? (text === null ? {} : payloadOf(text, salt));
    if (kind !== "delete") known.sent.set(id, payload);
    return {
      record_id: id,
      change_type: kind,
      ...payload,
      ...(age === null ? {} : { client_timestamp: formatInstant(this.#nowMicros() - age * 1_000_000) }),
      ...(staleness === null || known.epochs.length === 0
        ? {}
        : { base_version: Math.max(0, (known.versions.get(id) ?? 0) - staleness) }),
    };
  }

  #learn(known: Known, reply: Record<string, unknown> | null): void {
    const details = reply?.["details"] as { epoch?: string } | undefined;
    const data = reply?.["data"] as
      | {
          epoch: string;
          next_cursor?: string;
          synced_at?: string;
          version?: number;
          head?: number;
          results?: { record_id: string; version?: number }[];
          changes?: { record_id: string; version: number; changed_at: string }[];
          deleted?: { record_id: string; version: number; deleted_at: string }[];
        }
      | undefined;
    const epoch = data?.epoch ?? details?.epoch;
    if (epoch !== undefined && known.epochs.at(-1) !== epoch) known.epochs.push(epoch);
    if (data === undefined) return;
    if (data.next_cursor !== undefined) known.cursors.push(data.next_cursor);
    if (data.synced_at !== undefined) known.times.push(data.synced_at);
    for (const row of data.changes ?? []) known.times.push(row.changed_at);
    for (const { record_id: id, version } of [
      ...(data.results ?? []),
      ...(data.changes ?? []),
      ...(data.deleted ?? []),
    ]) {
      if (version !== undefined) known.versions.set(id, version);
    }
    known.head = data.head ?? data.version ?? known.head;
  }

  async #call(
    method: string,
    path: string,
    name: string,
    { body, device, headers = {} }: { body?: object; device?: number; headers?: Record<string, string> },
  ): Promise<Record<string, unknown> | null> {
    const token = device === undefined ? undefined : this.#tokens[device]?.access;
    try {
      const reply = await this.#server.handle({
        method,
        path: `/api/v1${path}`,
        headers: {
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...headers,
        },
        body: body === undefined ? null : Buffer.from(JSON.stringify(body)),
      });
      await this.#inOrder(name);
      const parsed = JSON.parse(Buffer.from(reply.body).toString()) as Record<string, unknown>;
      this.#note(`${name} ${method} ${path.split("?")[0]} ${reply.status} ${this.#normalized.text(parsed)}`);
      return parsed;
    } catch (error) {
      if (!(error instanceof ServerCrashed)) throw error;
      await this.#inOrder(name);
      this.#note(`${name} ${method} ${path.split("?")[0]} crashed`);
      return null;
    }
  }

  /** Who of those that end in one moment is heard first: a server may wake them in any order. */
  async #inOrder(name: string): Promise<void> {
    await this.#scheduler.wait((1 + Number(name.split("/")[1] ?? 0)) / 100);
  }

  /** What the server holds, read below its handlers. */
  async #look(index: number): Promise<void> {
    if (this.#userId === "") return;
    for (const dataType of dataTypes) {
      const held = await this.#server.readCollection(this.#userId, dataType);
      const rows = (list: typeof held.records) =>
        list
          .map(({ recordId, version, envelope }) => `${version} ${recordId} ${Buffer.from(envelope).toString()}`)
          .toSorted();
      const { head, horizon, historyHorizon, accountRecords, accountBytes, epoch } = held;
      this.#note(
        `${index} holds ${dataType} ${this.#normalized.text({ head, horizon, historyHorizon, accountRecords, accountBytes, epoch })} ` +
          JSON.stringify([rows(held.records), rows(held.tombstones)]),
      );
    }
    const { history } = this.#server;
    const last = history.at(-1);
    const told =
      last === undefined
        ? ""
        : `${last.version} ${last.recordId} ${last.changeType} ${last.previousVersion} ${last.at}`;
    this.#note(`${index} history ${history.length}, lost ${history.filter(({ isLost }) => isLost).length}, ${told}`);
  }

  #note(line: string): void {
    this.lines.push(`${this.#scheduler.nowMs.toFixed(2)} ${line}`);
  }

  #nowMicros(): number {
    return Math.floor((beginMs + this.#waitedMs + this.#scheduler.nowMs) * 1000);
  }

  /** The same for the same request, place and time of asking, whatever else a server asks about. */
  #atStatement(place: string): StatementFault | Promise<StatementFault> {
    const request = this.#request.getStore();
    if (request === undefined || !commonPlaces.has(place)) return "none";
    const nth = (request.asked.get(place) ?? 0) + 1;
    request.asked.set(place, nth);
    const chance = hashText(`${this.#seed} ${request.name} ${place} ${nth}`);
    const fault = this.#areFaultsOn && chance % 100 < 3 ? faults[(chance >>> 8) % faults.length]! : "none";
    // No two come to a lock in one moment: who is first then would be each server's own affair.
    const ms = ((chance >>> 16) % 4) + (1 + (chance % 997)) / 1_000_000;
    return this.#scheduler.wait(ms).then(() => fault);
  }

  /** Virtual time passes until it is done. */
  async #whole(what: string, work: () => Promise<void>): Promise<void> {
    let outcome: { error: unknown } | "done" | null = null;
    work().then(
      () => (outcome = "done"),
      (error: unknown) => (outcome = { error }),
    );
    const isOver = await this.#scheduler.runUntil(() => outcome !== null, 600_000);
    if (!isOver) throw new Error(`${what} does not end`);
    if (typeof outcome === "object" && outcome !== null) throw (outcome as { error: unknown }).error;
  }
}

function payloadOf(text: string, salt: string): Record<string, string> {
  const record = Buffer.from(text);
  return {
    encrypted_record: record.toString("base64"),
    record_nonce: Buffer.from(`${salt} ${text}`.padEnd(24, ".").slice(0, 24)).toString("base64"),
    record_checksum: hash("sha256", record, "base64"),
  };
}

function emptyKnown(): Known {
  return { cursors: [], epochs: [], versions: new Map(), sent: new Map(), times: [], head: 0 };
}
