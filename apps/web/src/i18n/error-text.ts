import { errorText, useWords } from "@owlivion/sync-react";
import { useCallback } from "react";

/** A failure in the person's language. */
export function useErrorText(): (error: unknown) => string {
  const words = useWords();
  return useCallback((error) => errorText(words, error), [words]);
}
