import type { JsonObject } from "@owlivion/sync-crypto";

export type RestoreKind = "bring_back" | "revert" | "remove";

/** What restoring would do to one record. */
export interface RestoreChange {
  readonly recordId: string;
  readonly kind: RestoreKind;
  /** As it is visible now; null: it is not. */
  readonly before: JsonObject | null;
  /** As it was then; null: it was not there. */
  readonly after: JsonObject | null;
}

/**
 * - `waiting`     an edit of it was not sent yet, so that no history has it: sync, then restore again
 * - `changed`     it was edited since the preview: preview again
 * - `too_large`   it does not fit any more
 * - `unreadable`  its version on the server cannot be opened, and nothing is put over it
 */
export type SkipReason = "waiting" | "changed" | "too_large" | "unreadable";

export interface RestoreResult {
  readonly applied: number;
  /** Left as they are. Restoring to the same point again previews them anew. */
  readonly skipped: readonly { readonly recordId: string; readonly reason: SkipReason }[];
}

export interface RestorePreview {
  readonly dataType: string;
  /** The version of the past; `{version}` of it finds the same point again, whatever the clocks say. */
  readonly asOf: number;
  readonly counts: {
    readonly bringBack: number;
    readonly revert: number;
    readonly remove: number;
    readonly unchanged: number;
    /** Of that time, and not to be opened: those records stay as they are. */
    readonly unreadable: number;
  };
  /** One by one; what was edited since the preview comes as it is now. */
  changes(): AsyncIterable<RestoreChange>;
  /**
   * Writes the changes as edits of this device, confirmed ones where they delete, some in each transaction. After a crash,
   * restoring to the same point again does the rest. What `skipped` tells is not touched.
   */
  apply(options?: {
    readonly signal?: AbortSignal;
    readonly onProgress?: (done: number, total: number) => void;
  }): Promise<RestoreResult>;
}

/** A moment by the server's clock, such as a history entry's `changedAt`, or a version of the collection. */
export type RestorePoint = Date | string | { readonly version: number };

/** What it takes to do and undo one change: sealed, so that many of them are small. */
export interface Planned {
  readonly recordId: string;
  readonly kind: RestoreKind;
  readonly past: Uint8Array | null;
  /** Of what was visible when it was planned. */
  readonly nowHash: Uint8Array | null;
}
