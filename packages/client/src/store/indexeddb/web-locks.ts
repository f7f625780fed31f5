import { abortError } from "../abort.ts";

/** Holds a Web Lock while `work` runs: the browser takes it away from a tab that is gone. */
export async function withWebLock<T>(
  name: string,
  work: () => Promise<T>,
  signal: AbortSignal,
  ifAvailable: boolean,
): Promise<T | undefined> {
  if (signal.aborted) throw abortError(signal);
  let isHeld = false;
  const run = async (lock: Lock | null): Promise<T | undefined> => {
    if (lock === null) return undefined;
    isHeld = true;
    return work();
  };
  try {
    // The two options exclude each other; without a wait there is nothing to end.
    return await navigator.locks.request(name, ifAvailable ? { ifAvailable } : { signal }, run);
  } catch (error) {
    throw !isHeld && signal.aborted ? abortError(signal) : error;
  }
}
