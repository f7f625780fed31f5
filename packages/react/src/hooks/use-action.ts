import { useCallback, useRef, useState } from "react";

export interface Action<Args extends readonly unknown[]> {
  /** True: it was done. False: it failed, or is under way already. */
  readonly run: (...args: Args) => Promise<boolean>;
  readonly isRunning: boolean;
  readonly error: unknown;
  readonly clear: () => void;
}

/** Something that a click begins: once at a time, and what stopped it is kept to be shown. */
export function useAction<Args extends readonly unknown[]>(
  work: (...args: Args) => Promise<unknown> | void,
): Action<Args> {
  const [isRunning, setIsRunning] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const isBusy = useRef(false);
  const current = useRef(work);
  current.current = work;
  const run = useCallback(async (...args: Args): Promise<boolean> => {
    if (isBusy.current) return false;
    isBusy.current = true;
    setIsRunning(true);
    setError(null);
    try {
      await current.current(...args);
      return true;
    } catch (error) {
      setError(error);
      return false;
    } finally {
      isBusy.current = false;
      setIsRunning(false);
    }
  }, []);
  const clear = useCallback(() => setError(null), []);
  return { run, isRunning, error, clear };
}
