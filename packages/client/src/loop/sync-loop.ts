import type { EngineContext } from "../engine/engine-context.ts";
import { hasWork } from "../engine/prepare-batch.ts";
import { restoreViews } from "../engine/lock-outbox.ts";
import { proveHead } from "../engine/verify-head.ts";
import { isSyncError, SyncError, toSyncError } from "../errors.ts";
import { sleep, type Timer } from "../ports.ts";
import { randomFraction } from "../random-fraction.ts";
import type { Progress, StatusInput } from "../status/sync-status.ts";
import { newUuid } from "../uuid.ts";
import { retryDelay } from "../transport/retry.ts";
import { followEvents } from "./live-events.ts";
import type { Network } from "./network.ts";
import { delayBeforePush } from "./push-pace.ts";
import type { SyncedCollection } from "../engine/sync-collection.ts";
import type { SyncSettings } from "../sync/settings.ts";
import { runEverything, type RunResult, runTypes } from "./run-sync.ts";
import { Wishes, type Wish } from "./wishes.ts";

export interface LoopOptions {
  readonly context: EngineContext;
  readonly network: Network;
  readonly tellStatus: (input: StatusInput) => void;
  /** The data types whose growth the quota stops. */
  readonly tellFull: (dataTypes: readonly string[]) => void;
  /** Whether there is something to sync for: signed in, unlocked, and the server takes the session. */
  readonly canSync: () => boolean;
  /** Asked for anew each time: the person may change them. */
  readonly settings: () => SyncSettings;
  readonly onSynced: (dataType: string, result: SyncedCollection) => void;
  /** And so often while one is. */
  readonly pollLiveMs?: number;
}

export interface RunNowOptions {
  readonly signal?: AbortSignal;
  /** Proves what was pushed at once, for the other devices: for a process that ends after it. */
  readonly prove?: boolean;
}

const defaultPollLiveMs = 15 * 60_000;
const proofDelayMs = 2_000;
/** So that devices that got idle together do not prove together. */
const proofSpreadMs = 2_000;

const wantedKey = "sync_wanted";
/** How long a run in another tab is waited for. */
const askedPatienceMs = 60_000;
const askedIntervalMs = 100;
const nothingDone: RunResult = { pulled: 0, pushed: 0, conflicts: 0, fullTypes: [], unproved: [], failures: [] };

/**
 * Runs the sync when there is a reason to: an edit, an event, a timer, the network that is back. One run at a time; reasons that
 * come during a run make the next one. In several tabs or processes on one store, one of them runs.
 *
 * ```
 *   waiting ──wish──▶ running ──ok──▶ waiting ──2 s idle──▶ prove the head
 *      ▲                 └──error──▶ backing off ──timer, wake──▶ running
 * ```
 */
export class SyncLoop {
  readonly #options: LoopOptions;
  readonly #wishes = new Wishes();
  readonly #unproved = new Set<string>();
  #running: Promise<RunResult | null> | null = null;
  #stop: AbortController | null = null;
  #ended: Promise<void> = Promise.resolve();
  #timer: Timer | null = null;
  #proofTimer: Timer | null = null;
  #pollTimer: Timer | null = null;
  #lastPushMs: number | null = null;
  #failures = 0;
  #isLive = false;

  constructor(options: LoopOptions) {
    this.#options = options;
  }

  /** Whether this tab or process is the one that syncs. */
  get isSyncer(): boolean {
    return this.#stop !== null && this.#leads;
  }
  #leads = false;

  /** Begins to sync by itself, as soon as nobody else on this store does. */
  start(): void {
    // Signed in again, perhaps: what waited for that is done now.
    if (this.#stop !== null) return this.wish({ type: "everything" });
    const stop = new AbortController();
    this.#stop = stop;
    const { store } = this.#options.context;
    this.#ended = store
      .exclusively("syncer", async () => await this.#lead(stop.signal), { signal: stop.signal })
      .then(
        () => undefined,
        (error: unknown) => {
          if (!stop.signal.aborted) this.#fail(toSyncError(error));
        },
      );
  }

  /** Begins anew, with other settings, when it was begun. */
  async restart(): Promise<void> {
    if (this.#stop === null) return;
    await this.stop();
    this.start();
  }

  /** Ends; resolves when nothing runs any more. */
  async stop(): Promise<void> {
    const stop = this.#stop;
    this.#stop = null;
    stop?.abort();
    for (const timer of [this.#timer, this.#proofTimer, this.#pollTimer]) timer?.cancel();
    this.#timer = this.#proofTimer = this.#pollTimer = null;
    await this.#ended;
    await this.#running?.catch(() => null);
  }

  /** Asks for a run soon. */
  wish(wish: Wish): void {
    this.#wishes.add(wish);
    if (!this.isSyncer) return;
    const { clock } = this.#options.context.ports;
    const isPush = wish.type === "push";
    this.#schedule(isPush ? delayBeforePush(clock.now(), this.#lastPushMs) : 0);
  }

  /** Runs now, whatever the timers say, and answers what happened. Takes turns with other tabs and processes. */
  async runNow({ signal, prove = false }: RunNowOptions = {}): Promise<RunResult> {
    if (!this.#options.canSync()) throw new SyncError("NOT_SIGNED_IN");
    if (this.isSyncer) return await this.#runOwn(signal);
    const { store } = this.#options.context;
    const result = await store.exclusively("syncer", async () => await this.#runOnce(signal, prove), {
      ifAvailable: true,
    });
    if (result !== undefined) return result;
    const answer = await this.#askSyncer(signal, prove);
    // What the other one did is true here too; counted at once, and not when its commits are noticed.
    if (answer === nothingDone)
      this.#options.tellStatus({ type: "succeeded", atMs: this.#options.context.ports.clock.now() });
    return answer;
  }

  /** One run of a sync that was not started: no idle moment will come in which it could prove what it pushed. */
  async #runOnce(signal: AbortSignal | undefined, prove: boolean): Promise<RunResult> {
    const result = await this.#run({ everything: true, dataTypes: [] }, signal);
    for (const dataType of prove && result.pushed > 0 ? result.unproved : []) {
      try {
        await proveHead(this.#options.context, dataType, signal);
      } catch {
        // A courtesy to the other devices: whoever was faster proves.
      }
    }
    return result;
  }

  /** Another tab or process has the syncer's part: it is asked, and its next run is waited for. */
  async #askSyncer(signal: AbortSignal | undefined, prove: boolean): Promise<RunResult> {
    const { store, ports } = this.#options.context;
    const asked = newUuid(ports.random);
    await store.write(["meta"], async (tx) => await tx.put("meta", { key: wantedKey, value: asked }));
    store.announce({ type: "wanted" });
    const deadlineMs = ports.clock.now() + askedPatienceMs;
    while (ports.clock.now() < deadlineMs) {
      if (signal?.aborted === true) throw new SyncError("CANCELLED");
      await sleep(ports.clock, askedIntervalMs, signal);
      if (!(await this.isWanted())) return nothingDone;
      const result = await store.exclusively("syncer", async () => await this.#runOnce(signal, prove), {
        ifAvailable: true,
      });
      if (result !== undefined) return result;
    }
    throw new SyncError("STORE_LOCKED", {
      message: "Another tab or process syncs this store, and did not come to an end in time.",
    });
  }

  /** Whether somebody who is not the syncer waits for a run. */
  async isWanted(): Promise<boolean> {
    const { store } = this.#options.context;
    return (await store.read(["meta"], async (tx) => await tx.get("meta", wantedKey))) !== undefined;
  }

  /** A run has begun after this was asked for: it is answered when the run succeeds. */
  async #answerWanted(asked: unknown): Promise<void> {
    if (asked === undefined) return;
    await this.#options.context.store.write(["meta"], async (tx) => {
      if ((await tx.get("meta", wantedKey))?.value === asked) await tx.delete("meta", wantedKey);
    });
  }

  async #runOwn(signal?: AbortSignal): Promise<RunResult> {
    while (this.#running !== null) await this.#running.catch(() => null);
    this.#timer?.cancel();
    this.#timer = null;
    this.#wishes.add({ type: "everything" });
    const taken = this.#wishes.take();
    const running = this.#run(taken, signal);
    this.#running = running.catch(() => null);
    try {
      const result = await running;
      this.#running = null;
      if (!this.#wishes.isEmpty) this.#schedule(0);
      return result;
    } finally {
      this.#running = null;
    }
  }

  async #lead(signal: AbortSignal): Promise<void> {
    // Stopped while it waited for its part.
    if (signal.aborted) return;
    this.#leads = true;
    const { network } = this.#options;
    const unsubscribe = network.onWake(() => {
      this.#failures = 0;
      this.wish({ type: "everything" });
    });
    const live = this.#options.settings().isLive ? this.#followEvents(signal) : untilAborted(signal);
    this.#poll();
    this.wish({ type: "everything" });
    try {
      await live;
    } finally {
      unsubscribe();
      this.#pollTimer?.cancel();
      this.#leads = false;
    }
  }

  async #followEvents(signal: AbortSignal): Promise<void> {
    await followEvents(this.#options.context, {
      signal,
      wish: (wish) => this.wish(wish),
      onConnected: (isConnected) => {
        if (isConnected === this.#isLive) return;
        this.#isLive = isConnected;
        if (!signal.aborted) this.#poll();
      },
    });
  }

  /** What the person does not want synced on this device is passed over. */
  #withoutPaused(dataTypes: readonly string[]): readonly string[] {
    const { pausedDataTypes } = this.#options.settings();
    return dataTypes.filter((dataType) => !pausedDataTypes.includes(dataType));
  }

  #poll(): void {
    const { context, pollLiveMs = defaultPollLiveMs, settings } = this.#options;
    this.#pollTimer?.cancel();
    this.#pollTimer = context.ports.clock.schedule(this.#isLive ? pollLiveMs : settings().pollMs, () => {
      this.wish({ type: "everything" });
      this.#poll();
    });
  }

  /** Sooner wins; while backing off, only what a person or the network does is sooner. */
  #schedule(ms: number): void {
    if (this.#running !== null || this.#stop === null) return;
    if (this.#timer !== null && this.#failures > 0) return;
    this.#timer?.cancel();
    this.#timer = this.#options.context.ports.clock.schedule(ms, () => void this.#tick());
  }

  async #tick(): Promise<void> {
    this.#timer = null;
    if (this.#running !== null || this.#stop === null || this.#wishes.isEmpty || !this.#options.canSync()) return;
    const { signal } = this.#stop;
    const running = this.#run(this.#wishes.take(), signal);
    this.#running = running.catch(() => null);
    try {
      await running;
    } catch {
      // Told by the status already. Trying the same at once would fail the same.
      return;
    } finally {
      this.#running = null;
    }
    if (!this.#wishes.isEmpty) this.#schedule(0);
  }

  async #run(taken: ReturnType<Wishes["take"]>, signal?: AbortSignal): Promise<RunResult> {
    const { context, tellStatus } = this.#options;
    const options = {
      ...(signal === undefined ? {} : { signal }),
      onProgress: (progress: Progress) => tellStatus({ type: "progress", progress }),
      onSynced: this.#options.onSynced,
    };
    tellStatus({ type: "started" });
    this.#lastPushMs = context.ports.clock.now();
    try {
      // A sign-in whose last step failed left sealed what is synced now: nothing would show it afterwards.
      if (!(await restoreViews(context))) throw new SyncError("STORE_LOCKED");
      const asked = (await context.store.read(["meta"], async (tx) => await tx.get("meta", wantedKey)))?.value;
      const everything = taken.everything || this.#failures > 0 || asked !== undefined;
      const result = everything
        ? await runEverything(context, options, this.#withoutPaused([...context.types.keys()]))
        : await runTypes(context, this.#withoutPaused(taken.dataTypes), options);
      this.#failures = 0;
      await this.#answerWanted(asked);
      this.#succeed(result);
      return result;
    } catch (error) {
      this.#fail(toSyncError(error), taken);
      throw error;
    }
  }

  #succeed(result: RunResult): void {
    const { context, tellStatus } = this.#options;
    this.#options.tellFull(result.fullTypes);
    const [failure] = result.failures;
    if (failure === undefined) tellStatus({ type: "succeeded", atMs: context.ports.clock.now() });
    else {
      const { code, message } = failure.error;
      tellStatus({ type: "failed", error: { code, message } });
      context.events.emit({ type: "error", error: failure.error });
    }
    for (const dataType of result.unproved) this.#unproved.add(dataType);
    if (this.#unproved.size > 0 && this.isSyncer) this.#scheduleProof();
  }

  #fail(error: SyncError, taken?: ReturnType<Wishes["take"]>): void {
    const { context, tellStatus } = this.#options;
    if (error.code === "CANCELLED") return tellStatus({ type: "stopped" });
    if (taken !== undefined) this.#wishes.add({ type: "everything" });
    this.#failures += 1;
    const delay = retryDelay(error, this.#failures, randomFraction(context.ports.random));
    const reason = { code: error.code, message: error.message };
    if (delay === null) {
      // Only somebody's doing helps: the next edit, wake or poll tries again all the same.
      this.#failures = 0;
      tellStatus({ type: "failed", error: reason });
      context.events.emit({ type: "error", error });
      return;
    }
    const { clock } = context.ports;
    tellStatus({ type: "delayed", reason, retryAtMs: this.isSyncer ? clock.now() + delay : null });
    if (!this.isSyncer) return;
    this.#timer?.cancel();
    this.#timer = clock.schedule(delay, () => void this.#tick());
  }

  #scheduleProof(): void {
    const { clock, random } = this.#options.context.ports;
    this.#proofTimer?.cancel();
    const delay = proofDelayMs + Math.floor(proofSpreadMs * randomFraction(random));
    this.#proofTimer = clock.schedule(delay, () => void this.#proveIdle());
  }

  /** Proofs are a courtesy to the other devices: failing is no trouble, the next quiet moment tries again. */
  async #proveIdle(): Promise<void> {
    const { context } = this.#options;
    if (this.#running !== null || this.#stop === null) return this.#scheduleProof();
    for (const dataType of [...this.#unproved]) {
      this.#unproved.delete(dataType);
      try {
        const isBusy = await context.store.read(["outbox", "batches"], async (tx) => await hasWork(tx, dataType));
        if (!isBusy) await proveHead(context, dataType, this.#stop?.signal);
      } catch (error) {
        if (isSyncError(error, "HEAD_MOVED")) this.wish({ type: "pull", dataType });
      }
    }
  }
}

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
