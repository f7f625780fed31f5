import type { Guards } from "../http/guards.ts";
import type { RateLimits } from "../http/rate-limits.ts";
import type { Auth } from "./auth.ts";
import { createAuthenticate } from "./authenticate.ts";
import { createRequireSecret } from "./require-secret.ts";
import { assertSecretLength } from "./secret-length.ts";

export function createGuards(auth: Auth, limits: RateLimits): Guards {
  return {
    authenticate: createAuthenticate(auth, limits),
    requireSecret: createRequireSecret(auth),
    hashSecret: async (secret, field) => {
      assertSecretLength(secret, field);
      return await auth.hasher.hash(secret);
    },
  };
}
