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
  /** The same person wrote over it, or deleted it, before it could be sent. */
  isCoalesced: boolean;
  /** The device forgot it: its storage was lost or put back. */
  isForgotten: boolean;
}

/** `policy` fields may lose to a newer value without a journal entry. */
const newerFields = new Set(["n", "value"]);
export const mayLoseSilently = ({ field }: Intent): boolean => newerFields.has(field);

export class Intents {
  readonly all: Intent[] = [];
  #counter = 0;

  make(device: string, dataType: string, recordId: string | null, field: string): Intent {
    this.#counter += 1;
    const intent: Intent = {
      token: `${canary}-${device}-${this.#counter}.`,
      device,
      dataType,
      recordId,
      field,
      state: "pending",
      isCoalesced: false,
      isForgotten: false,
    };
    this.all.push(intent);
    return intent;
  }

  /** Before a write of the device to the record: what waits there is coalesced into it. */
  coalesce(device: string, dataType: string, recordId: string, fields: ReadonlySet<string> | null): void {
    for (const each of this.all) {
      if (each.device !== device || each.dataType !== dataType || each.recordId !== recordId) continue;
      if (fields === null || fields.has(each.field)) each.isCoalesced = true;
    }
  }
}
