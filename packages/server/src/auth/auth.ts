import type { AppContext } from "../app-context.ts";
import type { Config } from "../config/config.ts";
import type { AccountStore } from "../db/accounts/account-store.ts";
import { createPostgresAccountStore } from "../db/accounts/postgres-account-store.ts";
import type { Log } from "../log.ts";
import { type Random, systemRandom } from "../random.ts";
import { type AccessTokens, createJwtTokens } from "./access-token.ts";
import { deriveKeys, type DerivedKeys } from "./derived-keys.ts";
import { createSecretHasher, type SecretHasher } from "./secret-hasher.ts";

/** What a test or a simulation may put in the place of the world. */
export interface AuthPorts {
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly random: Random;
  readonly hasher: SecretHasher;
}

/** What every handler of this folder works with. */
export interface Auth extends AuthPorts {
  readonly accounts: AccountStore;
  readonly registration: Config["registration"];
  readonly keys: DerivedKeys;
  readonly tokens: AccessTokens;
  readonly log: Pick<Log, "warn">;
  /** Sessions that ended, after the commit: their event streams end too. Without names: all of the account's. */
  sessionEnded(userId: string, ended?: { readonly sessionId?: string; readonly deviceId?: string }): void;
}

export async function createAuth(context: AppContext, ports: Partial<AuthPorts> = {}): Promise<Auth> {
  const clock = ports.clock ?? Date.now;
  const random = ports.random ?? systemRandom;
  return {
    clock,
    random,
    hasher: ports.hasher ?? (await createSecretHasher(context.config.argon2Concurrency)),
    accounts: createPostgresAccountStore(context.pool),
    registration: context.config.registration,
    keys: deriveKeys(context.secrets),
    tokens: await createJwtTokens(context.secrets, { clock, random }),
    log: context.log,
    sessionEnded: (userId, ended) => context.announcer.sessionEnded(userId, ended),
  };
}
