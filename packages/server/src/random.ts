import { randomBytes, randomUUID } from "node:crypto";

/** Where secrets and ids come from; the simulation draws them from its seed. */
export interface Random {
  bytes(length: number): Buffer;
  uuid(): string;
}

export const systemRandom: Random = { bytes: randomBytes, uuid: randomUUID };
