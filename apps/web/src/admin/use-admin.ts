import { createContext, useContext, useEffect, useState } from "react";
import type { AdminClient } from "./admin-client.ts";

export const AdminContext = createContext<AdminClient | null>(null);

export interface Loaded<T> {
  readonly value: T | null;
  readonly error: string | null;
}

/** Reads now and again in so many milliseconds, while somebody looks. */
export function useAdmin<T>(path: string, everyMs: number): Loaded<T> {
  const client = useContext(AdminContext);
  const [loaded, setLoaded] = useState<Loaded<T>>({ value: null, error: null });
  useEffect(() => {
    if (client === null) return;
    let isCurrent = true;
    const read = (): void => {
      if (document.visibilityState === "hidden") return;
      client.get<T>(path).then(
        (value) => (isCurrent ? setLoaded({ value, error: null }) : undefined),
        (error: unknown) =>
          isCurrent
            ? setLoaded(({ value }) => ({ value, error: error instanceof Error ? error.message : String(error) }))
            : undefined,
      );
    };
    read();
    const timer = setInterval(read, everyMs);
    return () => {
      isCurrent = false;
      clearInterval(timer);
    };
  }, [client, path, everyMs]);
  return loaded;
}
