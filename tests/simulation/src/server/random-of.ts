import type { Random } from "@owlivion/sync-server/handlers";
import type { ServerPorts } from "./sim-server.ts";

/** The product's port of chance, drawn from the world's. */
export function randomOf(ports: Pick<ServerPorts, "randomBytes">): Random {
  const bytes = (length: number): Buffer => Buffer.from(ports.randomBytes(length));
  return {
    bytes,
    uuid: () => {
      const id = bytes(16);
      id[6] = (id[6]! & 0x0f) | 0x40;
      id[8] = (id[8]! & 0x3f) | 0x80;
      const hex = id.toString("hex");
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
    },
  };
}
