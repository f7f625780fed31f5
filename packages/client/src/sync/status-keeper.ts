import { countAttention } from "../engine/count-attention.ts";
import type { EngineContext } from "../engine/engine-context.ts";
import { EventHub } from "../events/sync-event.ts";
import { initialStatus, nextStatus, type StatusInput, type SyncStatus } from "../status/sync-status.ts";

/** The status, its listeners, and the counts in it: counted again after whatever may have changed them. */
export class StatusKeeper {
  readonly changes = new EventHub<SyncStatus>();
  readonly #context: EngineContext;
  readonly #quota = new Set<string>();
  #status: SyncStatus = initialStatus;
  #counting: Promise<void> | null = null;
  #isStale = false;

  constructor(context: EngineContext) {
    this.#context = context;
  }

  get status(): SyncStatus {
    return this.#status;
  }

  tell(input: StatusInput): void {
    const before = this.#status;
    this.#status = nextStatus(before, input);
    if (this.#status !== before) this.changes.emit(this.#status);
    if (input.type === "succeeded" || input.type === "session") this.recount();
  }

  tellQuota(dataTypes: readonly string[]): void {
    this.#quota.clear();
    for (const dataType of dataTypes) this.#quota.add(dataType);
  }

  recount(): void {
    this.#isStale = true;
    this.#counting ??= this.#count();
  }

  /** Resolves when the counts are those of whatever was told before. */
  async counted(): Promise<void> {
    await this.#counting;
  }

  async #count(): Promise<void> {
    while (this.#isStale) {
      this.#isStale = false;
      try {
        const { waiting, attention, lastSyncMs } = await countAttention(this.#context);
        const full = [...this.#quota].map((dataType) => ({ kind: "quota" as const, dataType, count: 1 }));
        const counted = { waiting, attention: [...attention, ...full], lastSyncMs };
        if (isSame(counted, this.#status)) continue;
        this.tell({ type: "counted", ...counted });
        // Other tabs count for themselves, and find nothing new when they have heard of it already.
        this.#context.store.announce({ type: "status" });
      } catch {
        // The store was closed, or cannot be read: whoever uses it hears of it.
      }
    }
    this.#counting = null;
  }
}

function isSame(counted: Pick<SyncStatus, "waiting" | "attention" | "lastSyncMs">, status: SyncStatus): boolean {
  if (status.lastSyncMs === null && counted.lastSyncMs !== null) return false;
  if (counted.waiting !== status.waiting) return false;
  return JSON.stringify(counted.attention) === JSON.stringify(status.attention);
}
