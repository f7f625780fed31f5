/** What the operator's command does when the database failed it: it is run again. */
export async function untilDone<T>(work: () => Promise<T>): Promise<T> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempts === 20) throw error;
    }
  }
}

/** A cleanup that fails is logged; the next one comes anyway. */
export async function outcomeOf(cleanup: () => Promise<string>): Promise<string> {
  try {
    return await cleanup();
  } catch {
    return "failed";
  }
}
