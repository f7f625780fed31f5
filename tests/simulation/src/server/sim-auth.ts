import { createHash } from "node:crypto";
import { Secret, type SecretHasher } from "@owlivion/sync-server/handlers";

/** The server's secrets: the same in every run. */
export const simSecrets = {
  jwtSecret: new Secret("a secret of the simulation, for access tokens"),
  serverSecret: new Secret("a secret of the simulation, for what is derived"),
};

/** At once, and without Argon2id: what the seeds explore is not its cost. */
export const simHasher: SecretHasher = {
  hash: async (secret) => digest(secret),
  verify: async (stored, secret) => stored === digest(secret),
  assertRoom: () => {},
};

function digest(secret: string): string {
  return createHash("sha256").update(`simulated ${secret}`).digest("base64");
}
