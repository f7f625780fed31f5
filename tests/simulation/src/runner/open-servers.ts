import type { MakeServer } from "../world/world.ts";

/** Where worlds get their server from, and what it needs until the last of them has ended. */
export interface Servers {
  readonly make: MakeServer;
  close(): Promise<void>;
}

export async function openServers(store: "memory" | "postgres"): Promise<Servers> {
  throw new Error(`no ${store} yet`);
}
