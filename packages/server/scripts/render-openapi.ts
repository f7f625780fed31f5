import pg from "pg";
import { buildApp } from "../src/app.ts";
import { loadConfig } from "../src/config/config.ts";
import { DataTypes } from "../src/db/data-types.ts";
import { Secret } from "../src/config/secret.ts";

/** A pool without a database behind it: building the application asks little, and an empty answer will do. */
class EmptyPool extends pg.Pool {
  override query(): never {
    return Promise.resolve({ rows: [], rowCount: 0 }) as never;
  }
}

/** docs/openapi.json, from the routes of the application with the default settings. */
export async function renderOpenApi(): Promise<string> {
  const config = loadConfig({});
  const secret = new Secret("a secret that signs nothing, only for the documents");
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const app = await buildApp({
    config,
    secrets: { jwtSecret: secret, serverSecret: secret, adminToken: secret },
    pool: new EmptyPool(),
    connection: {},
    dataTypes: new DataTypes(new Map(config.dataTypes.map((name, index) => [name, index + 1]))),
    log,
  });
  try {
    await app.ready();
    return `${JSON.stringify(app.swagger(), null, 1)}\n`;
  } finally {
    await app.close();
  }
}
