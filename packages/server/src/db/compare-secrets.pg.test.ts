import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { Secret } from "../config/secret.ts";
import { findChangedSecrets } from "./compare-secrets.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const secrets = (jwt: string, server: string) => ({
  jwtSecret: new Secret(jwt),
  serverSecret: new Secret(server),
  adminToken: new Secret("admin"),
});

test("a start with other secrets than the database was last served with is noticed, once", async () => {
  const find = (jwt: string, server: string) => findChangedSecrets(database.pool, secrets(jwt, server));
  expect(await find("a", "b")).toEqual([]);
  expect(await find("a", "b")).toEqual([]);
  expect(await find("a", "other")).toEqual(["SERVER_SECRET"]);
  expect(await find("a", "other")).toEqual([]);
  expect(await find("b", "a")).toEqual(["JWT_SECRET", "SERVER_SECRET"]);
  const { rows } = await database.pool.query(
    "select name, octet_length(value) as bytes from server_identity order by 1",
  );
  expect(rows).toEqual([
    { name: "JWT_SECRET", bytes: 32 },
    { name: "SERVER_SECRET", bytes: 32 },
  ]);
});
