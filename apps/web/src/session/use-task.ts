import { isSyncError } from "@owlivion/sync-client";
import { useState } from "react";
import { useErrorText } from "../i18n/error-text.ts";

export interface Task {
  readonly isRunning: boolean;
  readonly error: string | null;
  /** True: it went well. */
  run(work: () => Promise<void>): Promise<boolean>;
}

/** Work that a form begins: busy meanwhile, and what went wrong in words. Giving it up is no mistake. */
export function useTask(): Task {
  const errorText = useErrorText();
  const [isRunning, setIsRunning] = useState(false);
  const [error, setError] = useState<string | null>(null);
  return {
    isRunning,
    error,
    async run(work) {
      setIsRunning(true);
      setError(null);
      // Deriving keys holds the page for a moment: it shows first that it is at work.
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));
      try {
        await work();
        return true;
      } catch (caught) {
        if (!isSyncError(caught, "CANCELLED")) setError(errorText(caught));
        return false;
      } finally {
        setIsRunning(false);
      }
    },
  };
}
