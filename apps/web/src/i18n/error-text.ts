import { isSyncError } from "@owlivion/sync-client";
import { useText } from "./text-provider.tsx";

/** A failure in the person's language; what has no words of ours keeps those of the SDK. */
export function useErrorText(): (error: unknown) => string {
  const { text, has } = useText();
  return (error) => {
    if (!isSyncError(error)) return error instanceof Error ? error.message : String(error);
    const key = `error.${error.code}`;
    return has(key) ? (text as (key: string) => string)(key) : error.message;
  };
}
