import { randomUUID } from "node:crypto";
import { MemoryStore } from "./memory-store.ts";
import { describeDeltaStore } from "./store.contract.ts";

describeDeltaStore("memory store", async () => {
  const clock = { now: 1_800_000_000_000_000 };
  const store = new MemoryStore(() => clock.now);
  return {
    store,
    clock,
    newAccount: async () => randomUUID(),
    sweepTombstones: async (key, upTo) => store.sweepTombstones(key, upTo),
    sweepHistory: async (key, upTo) => store.sweepHistory(key, upTo),
    close: async () => {},
  };
});
