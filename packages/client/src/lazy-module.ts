import { SyncError } from "./errors.ts";

/**
 * A module that a page loads when it is first called for. Where it cannot be fetched the call is OFFLINE, and the next one
 * tries again.
 */
export function lazyModule<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () =>
    (loading ??= load().catch((cause: unknown) => {
      loading = undefined;
      throw new SyncError("OFFLINE", { message: "A part of the app cannot be loaded. Try again when online.", cause });
    }));
}
