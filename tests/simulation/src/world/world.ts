import type { AccountInfo, SyncEvent } from "@owlivion/sync-client";
import { toSyncError } from "../../../../packages/client/src/errors.ts";
import { Oracles } from "../oracles/oracles.ts";
import { Violation } from "../oracles/violation.ts";
import {
  ServerCrashed,
  type ServerPorts,
  type SimReply,
  type SimRequest,
  type SimServer,
  type StatementFault,
} from "../server/sim-server.ts";
import { type Choice, FaultTape, type TapeEntry } from "../tapes/fault-tape.ts";
import type { OperationKind } from "../tapes/operations.ts";
import type { Plan } from "../tapes/plan.ts";
import { hashText, Random } from "../tapes/random.ts";
import { Scheduler } from "../time/scheduler.ts";
import { WallClock } from "../time/wall-clock.ts";
import { EventStreams } from "./event-streams.ts";
import type { Writes } from "./mirror.ts";
import { Network, type Sender } from "./network.ts";
import { Person } from "./person.ts";
import { SimDevice } from "./sim-device.ts";
import type { SimProcess } from "./sim-process.ts";
import { Intents } from "./tokens.ts";

export type MakeServer = (ports: ServerPorts) => Promise<SimServer>;

export interface WorldOptions {
  readonly plan: Plan;
  readonly makeServer: MakeServer;
  /** A recorded fault tape instead of the seed's. */
  readonly entries?: readonly TapeEntry[];
  readonly isTraced?: boolean;
}

/** Everything of one seed: the devices, their persons, the network, the server, and who watches them. */
export class World {
  readonly plan: Plan;
  readonly tape: FaultTape;
  readonly scheduler = new Scheduler();
  readonly serverClock: WallClock;
  readonly streams: EventStreams;
  readonly network: Network;
  readonly persons: readonly Person[];
  readonly devices: SimDevice[] = [];
  readonly intents = new Intents();
  readonly oracles: Oracles;
  /** How often what really happened. */
  readonly counts = new Map<string, number>();
  /** What somebody ever did, from the moment it began. */
  readonly begun = new Set<OperationKind>();
  readonly trace: string[] = [];
  server!: SimServer;
  violation: Violation | null = null;
  /** The server may know nothing of an account any more. */
  mayLackAccounts = false;
  hasQuota = false;
  /** Somebody put an older version back: values come again. */
  hasBroughtBack = false;
  readonly disabled = new Set<string>();
  readonly #isTraced: boolean;
  readonly #makeServer: MakeServer;
  #hash = 0x811c9dc5;

  constructor({ plan, makeServer, entries, isTraced = false }: WorldOptions) {
    this.plan = plan;
    this.tape = new FaultTape(plan.seed, entries ?? null);
    this.#isTraced = isTraced;
    this.#makeServer = makeServer;
    this.serverClock = new WallClock(this.scheduler);
    this.oracles = new Oracles(this);
    const delayMs = (sender: Sender) => this.#delayMs(sender);
    const later = (ms: number, run: () => void) => void this.scheduler.at(ms, run);
    this.streams = new EventStreams({
      ownerOf: (request) => this.oracles.tokens.ownerOf(request),
      delayMs,
      later,
      loses: ({ name }) => {
        const isLost = this.tape.choose(
          `events/${name}`,
          this.swarm.network["requestLost"] === undefined ? {} : { lost: 0.2 },
        );
        if (isLost !== null) this.happened("net.eventLost");
        return isLost !== null;
      },
    });
    this.network = new Network(
      {
        fault: ({ name }) => this.tape.choose(`net/${name}`, this.swarm.network),
        delayMs,
        later,
        happened: (fault) => this.happened(fault),
        handle: (sender, request) => this.#handle(sender, request),
        sent: (sender, request) => this.oracles.sent(sender, request),
      },
      this.streams,
    );
    const people = 1 + Math.max(0, ...plan.workload.devices.map(({ account }) => account));
    this.persons = Array.from({ length: people }, (_, i) => new Person(plan.seed, i));
    plan.workload.devices.forEach((setup, i) => this.addDevice(setup, i));
  }

  get swarm() {
    return this.plan.weather.swarm;
  }

  /** Whether nobody's clock ever went wrong: a stamp too far ahead is not followed. */
  get areClocksRight(): boolean {
    const strikes = ["clockJump", "clockFreeze", "suspendDays", "serverClockJump", "absence"];
    return !this.swarm.hasWrongClocks && strikes.every((kind) => !this.counts.has(`struck.${kind}`));
  }

  get hash(): string {
    return this.#hash.toString(16).padStart(8, "0");
  }

  addDevice(setup: SimDevice["setup"], index: number): SimDevice {
    const device = new SimDevice(this, index, setup, this.persons[setup.account]!);
    this.devices.push(device);
    return device;
  }

  async begin(): Promise<void> {
    const random = new Random(this.plan.seed, "server");
    this.server = await this.#makeServer({
      atStatement: (place) => this.#atStatement(place),
      now: () => this.serverClock.now() * 1000,
      randomBytes: (length) => random.bytes(length),
      external: (work) => this.scheduler.external(work),
    });
    this.server.onAnnounce((event) => this.streams.announce(event));
    this.scheduler.onSettled = () => this.#guard(() => this.oracles.look());
  }

  async end(): Promise<void> {
    for (const device of this.devices) device.kill("the world ended");
    await this.server.close();
  }

  /** Runs until it is so, a rule is broken, or the time is over. */
  async runUntil(isDone: () => boolean, limitMs: number): Promise<boolean> {
    const isOver = await this.scheduler.runUntil(() => this.violation !== null || isDone(), limitMs);
    if (this.violation !== null) throw this.violation;
    return isOver;
  }

  /** A promise of the world's own, while virtual time passes. */
  async until<T>(work: Promise<T>, limitMs: number): Promise<T | undefined> {
    let isDone = false;
    let result: T | undefined;
    work.then(
      (value) => {
        result = value;
        isDone = true;
      },
      (error: unknown) => {
        this.violation ??=
          error instanceof Violation ? error : new Violation("harness", String((error as Error)?.stack ?? error));
        isDone = true;
      },
    );
    await this.runUntil(() => isDone, limitMs);
    return result;
  }

  note(line: string): void {
    this.#hash = hashText(line, hashText(String(this.scheduler.nowMs), this.#hash));
    if (this.#isTraced) this.trace.push(`${this.scheduler.nowMs.toFixed(0).padStart(9)} ${line}`);
  }

  happened(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
    this.note(what);
  }

  violate(rule: string, message: string): void {
    this.note(`VIOLATION ${rule}: ${message}`);
    this.violation ??= new Violation(rule, message);
  }

  committed(process: SimProcess, writes: Writes): void {
    this.#guard(() => this.oracles.committed(process, writes));
  }

  heard(process: SimProcess, event: SyncEvent): void {
    const what =
      event.type === "resync"
        ? `resync.${event.cause}`
        : event.type === "error"
          ? `error.${event.error.code}`
          : event.type;
    if (event.type !== "change") this.happened(`event.${what}`);
    this.#guard(() => this.oracles.heard(process, event));
  }

  signedIn({ device }: SimProcess, account: AccountInfo): void {
    this.note(`${device.name} is signed in`);
    this.oracles.signedIn(device, account);
  }

  /** A call was refused: that may be, but not for every reason. */
  failed(device: SimDevice, what: string, error: unknown): void {
    const { code, message, cause } = toSyncError(error);
    this.happened(`refused.${code}`);
    this.note(`${device.name} ${what}: ${code}`);
    if (!forbiddenCodes.has(code)) return;
    const detail = cause instanceof Error ? `${message} ${cause.stack}` : message;
    this.violate("no-mistake", `${device.name} ${what}: ${code} ${detail}`);
  }

  /** After the server lost some of its history. */
  serverLost(): void {
    this.mayLackAccounts = true;
    this.oracles.cut();
    this.streams.end();
  }

  async enable(accountId: string): Promise<void> {
    this.disabled.delete(accountId);
    await this.server.operator.setDisabled(accountId, false);
  }

  unexpected(device: SimDevice, what: string, error: unknown): void {
    this.failed(device, what, error);
  }

  /** No password opened: somebody may just be changing it. When all is quiet one of them must. */
  lockedOut(device: SimDevice): void {
    this.happened("lockedOut");
    device.lockedOut += 1;
    if (!this.tape.isOver || device.lockedOut < 3) return;
    this.violate("E-I7", `${device.name}: no password that its person ever had opens the account`);
  }

  #guard(look: () => void): void {
    try {
      look();
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      this.note(`VIOLATION ${error.rule}: ${error.message}`);
      this.violation ??= error;
    }
  }

  async #handle(sender: Sender, request: SimRequest): Promise<SimReply | null> {
    const seen = this.oracles.arrived(sender, request);
    try {
      const reply = await this.server.handle(request);
      this.note(`${sender.name} ${request.method} ${request.path.slice(7, 47)} ${reply.status}`);
      const told = { date: new Date(this.serverClock.now()).toUTCString(), ...reply.headers };
      this.#guard(() => this.oracles.answered(seen, reply));
      return { ...reply, headers: told };
    } catch (error) {
      if (error instanceof ServerCrashed) {
        this.note(`${sender.name} ${request.method} ${request.path.slice(7, 47)} crashed`);
        this.streams.end();
        return null;
      }
      this.violate("server", `${request.method} ${request.path}: ${(error as Error).stack}`);
      return null;
    }
  }

  #atStatement(place: string): StatementFault | Promise<StatementFault> {
    const choice: Choice | null = this.tape.choose(`statement/${place}`, this.swarm.statement);
    const fault = (choice?.kind ?? "none") as StatementFault;
    if (choice !== null) this.happened(`server.${fault}`);
    if (!this.swarm.hasSlowStatements) return fault;
    const ms = this.tape.number("statement-time", 4);
    return ms === 0 ? fault : this.scheduler.wait(ms).then(() => fault);
  }

  #delayMs({ name }: Sender): number {
    const { latencyMs } = this.swarm;
    return 1 + (latencyMs * this.tape.number(`latency/${name}`, 16)) / 8;
  }
}

/** What the SDK must never say, whatever happens around it. */
const forbiddenCodes: ReadonlySet<string> = new Set([
  "INTERNAL",
  "KEYS_TAMPERED",
  "UNKNOWN_SUITE",
  "INVALID_REQUEST",
  "INVALID_CHANGES",
  "INVALID_CBOR",
  "INVALID_ENVELOPE",
  "CHECKSUM_MISMATCH",
  "IDEMPOTENCY_KEY_REUSED",
  "EPOCH_REQUIRED",
  "DEVICE_MISMATCH",
  "INTERNAL_ERROR",
]);
