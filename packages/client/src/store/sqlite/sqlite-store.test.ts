import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, test } from "vitest";
import { storeCases } from "../store.contract.ts";
import { sqliteStore } from "./sqlite-store.ts";

const root = await mkdtemp(join(tmpdir(), "owlivion-store-"));
afterAll(() => rm(root, { recursive: true }));

describe("SQLite store", () => {
  test.each(storeCases.map((entry, at) => ({ ...entry, at })))("$name", ({ run, at }) =>
    run(sqliteStore(join(root, "new", String(at)))),
  );
});
