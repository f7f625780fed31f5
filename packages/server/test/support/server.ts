import { randomUUID } from "node:crypto";
import type { RegisterRequest, Session } from "@owlivion/sync-protocol";
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from "fastify";
import type { Pool } from "pg";
import { buildApp, type AppOptions } from "../../src/app.ts";
import type { AuthPorts } from "../../src/auth/auth.ts";
import { createSecretHasher, type SecretHasher } from "../../src/auth/secret-hasher.ts";
import { type Config, loadConfig } from "../../src/config/config.ts";
import type { ServerContext } from "../../src/context.ts";
import { loadDataTypes } from "../../src/db/data-types.ts";
import { createPool } from "../../src/db/pool.ts";
import type { Log } from "../../src/log.ts";
import { Secret } from "../../src/config/secret.ts";
import { createTestDatabase, type TestDatabase } from "./database.ts";
import { silentLog } from "./silent-log.ts";

export interface TestServerOptions {
  /** Instead of the settings' defaults; rate limits are out of the way unless given. */
  config?: Partial<Config>;
  authPorts?: Partial<AuthPorts>;
  log?: Log;
  logger?: AppOptions["logger"];
  webAppDir?: string;
  /** Null: the operator's routes are off. */
  adminToken?: Secret | null;
  /** A second server on the database of a first. */
  database?: TestDatabase;
}

export interface TestAccount {
  readonly email: string;
  readonly password: string;
  readonly userId: string;
  readonly deviceId: string;
  readonly session: Session;
  /** `app.inject` with the account's access token. */
  inject(options: InjectOptions): Promise<LightMyRequestResponse>;
}

export interface TestServer {
  readonly app: FastifyInstance;
  readonly context: ServerContext;
  readonly pool: Pool;
  readonly database: TestDatabase;
  /** Makes an account with a fresh address and device: plain, or sealed with `sealedFields()`. */
  register(body?: Partial<RegisterRequest>): Promise<TestAccount>;
  /** Signs in, by default from the same device. */
  signIn(account: TestAccount, body?: { device_id?: string; password?: string }): Promise<TestAccount>;
  close(): Promise<void>;
}

/** What makes an account sealed. */
export function sealedFields() {
  return {
    account_id: randomUUID(),
    auth_suite: 1,
    kdf_seed: Buffer.alloc(32, 7).toString("base64"),
    keys: keySet(1),
    recovery_auth: "recovery secret",
  };
}

export function keySet(keyEpoch: number, fill = 1) {
  const wrap = (byte: number) => Buffer.alloc(80, byte).toString("base64");
  return { key_epoch: keyEpoch, password_wrap: wrap(fill), recovery_wrap: wrap(fill + 100) };
}

let cheapHasher: Promise<SecretHasher> | undefined;

/** The production application on a fresh database, with cheap hashing and without rate limits. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const database = options.database ?? (await createTestDatabase());
  const log = options.log ?? silentLog;
  const config: Config = { ...loadConfig({}), rateLimitScale: 1_000_000, ...options.config };
  const connection = { connectionString: database.url };
  const pool = createPool(config, connection, log);
  const context: ServerContext = {
    config,
    secrets: {
      jwtSecret: new Secret("jwt secret of the tests, long enough"),
      serverSecret: new Secret("server secret of the tests, long enough"),
      adminToken: options.adminToken === undefined ? new Secret("admin token of the tests") : options.adminToken,
    },
    pool,
    connection,
    dataTypes: await loadDataTypes(pool, config.dataTypes),
    log,
  };
  const hasher = await (cheapHasher ??= createSecretHasher(4, { memoryKib: 8, passes: 1 }));
  const app = await buildApp(context, {
    authPorts: { hasher, ...options.authPorts },
    ...(options.logger === undefined ? {} : { logger: options.logger }),
    ...(options.webAppDir === undefined ? {} : { webAppDir: options.webAppDir }),
  });
  await app.ready();
  return {
    app,
    context,
    pool,
    database,
    async register(body = {}) {
      const email = `user-${randomUUID()}@example.com`;
      const payload = { email, password: "a secret of the tests", device_id: randomUUID(), ...body };
      const reply = await app.inject({ method: "POST", url: "/api/v1/auth/register", payload });
      if (reply.statusCode !== 201) throw new Error(`registering answered ${reply.statusCode}: ${reply.body}`);
      return toAccount(app, payload, reply);
    },
    async signIn(account, body = {}) {
      const payload = { email: account.email, password: account.password, device_id: account.deviceId, ...body };
      const reply = await app.inject({ method: "POST", url: "/api/v1/auth/login", payload });
      if (reply.statusCode !== 200) throw new Error(`signing in answered ${reply.statusCode}: ${reply.body}`);
      return toAccount(app, payload, reply);
    },
    async close() {
      await app.close();
      await pool.end();
      if (options.database === undefined) await database.drop();
    },
  };
}

function toAccount(
  app: FastifyInstance,
  { email, password, device_id }: { email: string; password: string; device_id: string },
  reply: LightMyRequestResponse,
): TestAccount {
  const session = reply.json<{ data: Session }>().data;
  return {
    email,
    password,
    userId: session.user.id,
    deviceId: device_id.toLowerCase(),
    session,
    inject: (options) =>
      app.inject({
        ...options,
        headers: { authorization: `Bearer ${session.tokens.access_token}`, ...options.headers },
      }),
  };
}
