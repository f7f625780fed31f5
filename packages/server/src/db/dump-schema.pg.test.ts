import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { dumpSchema } from "./dump-schema.ts";

let database: TestDatabase;
beforeAll(async () => (database = await createTestDatabase()));
afterAll(() => database.drop());

test("schema.sql is what the migrations make (npm run schema:dump writes it anew)", async () => {
  const client = await database.pool.connect();
  const dumped = await dumpSchema(client);
  client.release(true); // The dump changed its settings.
  expect(dumped).toBe(readFileSync(new URL("./schema.sql", import.meta.url), "utf8"));
});
