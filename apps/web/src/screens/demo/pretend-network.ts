import { type Fetch, type Network, systemPorts } from "@owlivion/sync-client";

/** A network with a switch: off, nothing goes out and what is open is cut, as in a tunnel. */
export interface PretendNetwork {
  readonly fetch: Fetch;
  readonly network: Network;
  setOnline(isOnline: boolean): void;
}

export function createPretendNetwork(): PretendNetwork {
  const wakers = new Set<() => void>();
  let offline: AbortController | null = null;
  let cut = new AbortController();
  return {
    async fetch(url, init) {
      if (offline !== null) throw new TypeError("pretending to be offline");
      const signals = [cut.signal, ...(init.signal == null ? [] : [init.signal])];
      return await systemPorts.fetch(url, { ...init, signal: AbortSignal.any(signals) });
    },
    network: {
      onWake(listener) {
        wakers.add(listener);
        return () => wakers.delete(listener);
      },
    },
    setOnline(isOnline) {
      if (!isOnline) {
        offline ??= cut;
        cut.abort(new TypeError("pretending to be offline"));
        return;
      }
      offline = null;
      cut = new AbortController();
      for (const wake of wakers) wake();
    },
  };
}
