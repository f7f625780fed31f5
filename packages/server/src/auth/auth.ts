import type { AppContext } from "../app-context.ts";
import { AccessTokens } from "./access-token.ts";
import { deriveKeys, type DerivedKeys } from "./derived-keys.ts";
import { createSecretHasher, type SecretHasher } from "./secret-hasher.ts";

/** What a test or a simulation may put in the place of the world. */
export interface AuthPorts {
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly hasher: SecretHasher;
}

/** What every handler of this folder works with. */
export interface Auth extends AuthPorts {
  readonly context: AppContext;
  readonly keys: DerivedKeys;
  readonly tokens: AccessTokens;
}

export async function createAuth(context: AppContext, ports: Partial<AuthPorts> = {}): Promise<Auth> {
  const clock = ports.clock ?? Date.now;
  return {
    context,
    clock,
    hasher: ports.hasher ?? (await createSecretHasher(context.config.argon2Concurrency)),
    keys: deriveKeys(context.secrets),
    tokens: await AccessTokens.create(context.secrets, clock),
  };
}
