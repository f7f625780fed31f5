import type { Server } from "./server.ts";

/** The status of `/health` or `/health/ready`; 0: nobody answered. */
export async function statusOf(server: Server, path: "/health" | "/health/ready"): Promise<number> {
  try {
    const response = await fetch(server.url + path, { signal: AbortSignal.timeout(10_000) });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
}

export const isReady = async (server: Server): Promise<boolean> => (await statusOf(server, "/health/ready")) === 200;
