import type { Mutant } from "../mutants/mutant.ts";
import { MemorySimServer } from "../server/memory-sim-server.ts";
import type { MakeServer } from "../world/world.ts";

/** Where worlds get their server from, and what it needs until the last of them has ended. */
export interface Servers {
  readonly make: MakeServer;
  close(): Promise<void>;
}

export async function openServers(store: "memory" | "postgres", mutant: Mutant | null = null): Promise<Servers> {
  if (store === "memory") return { make: async (ports) => new MemorySimServer({ ports }), close: async () => {} };
  // Late: a world in memory loads no driver.
  const { openVirtualCluster } = await import("../server/postgres/virtual-cluster.ts");
  const { Backends } = await import("../server/postgres/backends.ts");
  const { PostgresSimServer } = await import("../server/postgres/postgres-sim-server.ts");
  const cluster = await openVirtualCluster(mutant);
  const backends = new Backends(cluster.connection);
  return {
    make: (ports) => PostgresSimServer.open(ports, cluster, backends),
    async close() {
      await backends.close();
      await cluster.close();
    },
  };
}
