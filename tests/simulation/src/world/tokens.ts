import type { Mirror, Writes } from "./mirror.ts";
import { canary } from "./person.ts";

/** One value that a person wrote on a device: found again wherever it goes. */
export interface Intent {
  readonly token: string;
  readonly device: string;
  readonly dataType: string;
  /** Null: the engine chose it, and the call never came back. */
  recordId: string | null;
  readonly field: string;
  /** Whether the write was durable when the process ended: `unknown` where it died meanwhile. */
  state: "pending" | "done" | "refused" | "unknown";
  /** Which of all it was to be durable: a write that began earlier may come later. */
  order: number;
  /** The same person wrote over it, or deleted it, before it could be sent. */
  isCoalesced: boolean;
  /** The same person deleted its record, seeing it. */
  isRemoved: boolean;
  /** What the same person put in its place, seeing it. */
  replacedBy: Intent | null;
  /** The device forgot it: its storage was lost or put back. */
  isForgotten: boolean;
}

/** `policy` fields may lose to a newer value without a journal entry. */
const newerFields = new Set(["n", "value"]);
export const mayLoseSilently = ({ field }: Intent): boolean => newerFields.has(field);

/** Whose value it is; undefined: nobody's, or of several. */
export const writerOf = (value: string): string | undefined => /-([A-Z]\d*)-\d+\.$/.exec(value)?.[1];

export class Intents {
  readonly all: Intent[] = [];
  readonly #byToken = new Map<string, Intent>();
  #counter = 0;
  #order = 0;

  make(device: string, dataType: string, recordId: string | null, field: string): Intent {
    this.#counter += 1;
    const intent: Intent = {
      token: `${canary}-${device}-${this.#counter}.`,
      device,
      dataType,
      recordId,
      field,
      state: "pending",
      order: 0,
      isCoalesced: false,
      isRemoved: false,
      replacedBy: null,
      isForgotten: false,
    };
    this.all.push(intent);
    this.#byToken.set(intent.token, intent);
    return intent;
  }

  /**
   * A local edit of a record whose earlier edit was not accepted yet: what that one said, and this one does not, need not be
   * found anywhere.
   */
  overwritten(device: string, mirror: Mirror, writes: Writes): void {
    for (const { row } of writes.of("views")) this.#number(row);
    if (writes.touches("collections")) return;
    for (const { key, row } of writes.of("views")) {
      const before = mirror.get("views", key);
      if (before === undefined) continue;
      const isWaiting = mirror.get("outbox", key) !== undefined;
      const edited = writes.of("outbox").find((each) => each.key === key);
      const isEdit = edited !== undefined && (row !== undefined || edited.row?.kind !== "put");
      if (!isEdit) continue;
      const now = JSON.stringify(row?.fields ?? null);
      for (const token of JSON.stringify(before.fields).match(tokens) ?? []) {
        if (now.includes(token)) continue;
        if (isWaiting) this.#coalesce(device, token);
        if (row === undefined) this.#remove(token);
        else this.#replace(token, now.match(tokens) ?? []);
      }
    }
  }

  #number(row: object | undefined): void {
    for (const token of JSON.stringify(row ?? null).match(tokens) ?? []) {
      const intent = this.#byToken.get(token);
      if (intent?.order === 0) intent.order = this.#order += 1;
    }
  }

  orderOf(token: string): number {
    return this.#byToken.get(token)?.order ?? 0;
  }

  #remove(token: string): void {
    const intent = this.#byToken.get(token);
    if (intent !== undefined) intent.isRemoved = true;
  }

  #replace(token: string, now: readonly string[]): void {
    const intent = this.#byToken.get(token);
    if (intent === undefined) return;
    const others = now.map((each) => this.#byToken.get(each));
    intent.replacedBy ??= others.find((each) => each?.field === intent.field && each.state === "pending") ?? null;
  }

  #coalesce(device: string, token: string): void {
    const intent = this.#byToken.get(token);
    if (intent?.device === device) intent.isCoalesced = true;
  }
}

const tokens = new RegExp(`${canary}-[A-Z]\\d*-\\d+\\.`, "g");
