import type { SyncError } from "../errors.ts";
import type { ConflictRow } from "../store/rows.ts";

/** What happened, beside the status; docs/client.md tells what to do on each. */
export type SyncEvent =
  /** Records look different now, by an edit here or by a sync; null: any of them. */
  | { readonly type: "change"; readonly dataType: string; readonly recordIds: readonly string[] | null }
  /** A merge set something aside: it is in the conflict journal. */
  | { readonly type: "conflict"; readonly conflict: ConflictRow }
  /** A record on the server cannot be opened; what was there before stays. */
  | { readonly type: "unreadable"; readonly dataType: string; readonly recordId: string; readonly reason: string }
  /** What was unreadable or unconfirmed is as it should be again. */
  | { readonly type: "healed"; readonly dataType: string; readonly recordId: string }
  /** Incoming deletions wait for the person. */
  | { readonly type: "deletions_staged"; readonly dataType: string; readonly count: number; readonly reason: string }
  /** This device's own deletions wait for the person. */
  | { readonly type: "deletions_held"; readonly dataType: string; readonly count: number }
  /** A change will not be sent as it is. */
  | { readonly type: "edit_held"; readonly dataType: string; readonly recordId: string; readonly reason: string }
  /** The collection is downloaded anew, and why. */
  | { readonly type: "resync"; readonly dataType: string; readonly cause: string }
  /** Records the server does not offer any more, hidden until something proves that they were deleted. */
  | { readonly type: "unconfirmed"; readonly dataType: string; readonly count: number }
  /** The server had lost acknowledged changes; they are sent again. */
  | { readonly type: "proposed_again"; readonly dataType: string; readonly count: number }
  /** A local record got another id, because its own belongs to another record. */
  | { readonly type: "moved"; readonly dataType: string; readonly from: string; readonly to: string }
  /** The server contradicts what this device has seen or what others proved. */
  | {
      readonly type: "integrity";
      readonly dataType: string;
      readonly problem: string;
      readonly recordId: string | null;
    }
  /** The browser lost what this device held, and the store began empty. */
  | { readonly type: "storage_lost" }
  /** Signed in, locked, signed out. */
  | { readonly type: "session"; readonly state: string }
  /** How this device syncs was changed, here or in another tab. */
  | { readonly type: "settings" }
  | { readonly type: "error"; readonly error: SyncError };

/** Tells listeners, each on its own: one that throws stops no other and no sync. */
export class EventHub<Event> {
  readonly #listeners = new Set<(event: Event) => void>();

  on(listener: (event: Event) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(event: Event): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(event);
      } catch (error) {
        this.report(error);
      }
    }
  }

  /** An error in an application's listener: nobody can answer it, and it must not be lost. */
  report(error: unknown): void {
    reportToPlatform(error);
  }
}

/** An error in an application's listener is shown where uncaught errors are, without ending anything. */
function reportToPlatform(error: unknown): void {
  const { reportError } = globalThis as { reportError?: (error: unknown) => void };
  if (reportError !== undefined) reportError(error);
  // oxlint-disable-next-line no-console -- there is nobody else to tell
  else console.error("a listener of Owlivion Sync failed", error);
}
