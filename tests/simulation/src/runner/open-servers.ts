import { MemorySimServer } from "../server/memory-sim-server.ts";
import type { MakeServer } from "../world/world.ts";

/** Where worlds get their server from, and what it needs until the last of them has ended. */
export interface Servers {
  readonly make: MakeServer;
  close(): Promise<void>;
}

export async function openServers(store: "memory" | "postgres"): Promise<Servers> {
  if (store === "postgres") throw new Error("no postgres yet");
  return { make: async (ports) => new MemorySimServer({ ports }), close: async () => {} };
}
