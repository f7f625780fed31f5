import { readFileSync } from "node:fs";
import pg from "pg";
import { expect, test } from "vitest";
import { type Config, loadConfig } from "./config.ts";
import { describeConfig, renderEnvExample } from "./describe-config.ts";
import { OperatorError } from "../operator-error.ts";
import { revealSecret, Secret } from "./secret.ts";

test("without any setting the documented defaults hold", () => {
  expect(loadConfig({})).toMatchObject({
    port: 3000,
    host: "127.0.0.1",
    dataDir: "./data",
    databaseUrl: undefined,
    databaseDirectUrl: undefined,
    registration: "open",
    dataTypes: ["accounts", "contacts", "preferences", "signatures"],
    trustedProxies: [],
    quotaBytes: 2 ** 30,
    tombstoneDays: 90,
    batchDays: 91,
  });
});

test("the configuration cannot be changed", () => {
  const config = loadConfig({});
  expect(Object.isFrozen(config)).toBe(true);
  expect(Object.isFrozen(config.dataTypes)).toBe(true);
});

test.each<[string, string, keyof Config, unknown]>([
  ["PORT", "0", "port", 0],
  ["PORT", "", "port", 3000],
  ["RATE_LIMIT_SCALE", "0.5", "rateLimitScale", 0.5],
  ["DATA_TYPES", "notes, tasks,notes", "dataTypes", ["notes", "tasks"]],
  ["TRUSTED_PROXIES", "10.0.0.0/8, ::1", "trustedProxies", ["10.0.0.0/8", "::1"]],
  ["CORS_ORIGINS", "https://a.example,tauri://localhost", "corsOrigins", ["https://a.example", "tauri://localhost"]],
  ["REGISTRATION", "invite", "registration", "invite"],
])("%s=%j is read", (name, text, key, value) => {
  expect(loadConfig({ [name]: text })[key]).toEqual(value);
});

test.each([
  ["PORT", "http"],
  ["PORT", "65536"],
  ["PORT", "1e3"],
  ["DATABASE_URL", "mysql://localhost/x"],
  ["JWT_SECRET", "short"],
  ["REGISTRATION", "maybe"],
  ["DATA_TYPES", "Contacts"],
  ["DATA_TYPES", "upload"],
  ["DATA_TYPES", ","],
  ["RATE_LIMIT_SCALE", "0"],
  ["RATE_LIMIT_SCALE", "Infinity"],
  ["TRUSTED_PROXIES", "proxy.example.com"],
  ["TRUSTED_PROXIES", "10.0.0.0/33"],
  ["CORS_ORIGINS", "https://a.example/path"],
  ["CORS_ORIGINS", "*"],
  ["CLEANUP_SCHEDULE", "sometimes"],
  ["BATCH_DAYS", "90"],
  ["HISTORY_DAYS", "91"],
])("%s=%s is refused", (name, text) => {
  expect(() => loadConfig({ [name]: text })).toThrow(new RegExp(`${name} must`));
});

test("all wrong settings are named at once, with exit code 2", () => {
  const wrong = () => loadConfig({ PORT: "x", LOG_LEVEL: "loud", QUOTA_BYTES: "-1" });
  expect(wrong).toThrow(/PORT must.*LOG_LEVEL must.*QUOTA_BYTES must/s);
  expect(wrong).toThrow(expect.objectContaining({ exitCode: 2 }) satisfies OperatorError);
});

test.each([
  ["postgres://me:hunter2@db.example/sync", { host: "db.example", user: "me", database: "sync" }],
  ["postgresql:///sync?host=/run/pg", { host: "/run/pg", database: "sync" }],
  ["postgresql://me@/sync?host=/run/pg", { host: "/run/pg", user: "me", database: "sync" }],
  ["postgresql://me:hunter2@/sync?host=/run/pg&port=5433", { host: "/run/pg", port: 5433, database: "sync" }],
  ["postgresql://me@%2Frun%2Fpg/sync", { host: "/run/pg", user: "me", database: "sync" }],
])("DATABASE_URL=%s is read as the driver reads it", (text, expected) => {
  const { databaseUrl } = loadConfig({ DATABASE_URL: text });
  const client = new pg.Client({ connectionString: revealSecret(databaseUrl!) });
  expect(client).toMatchObject(expected);
  const described = describeConfig({ values: { DATABASE_URL: text }, sourceOf: () => "environment" });
  expect(JSON.stringify(described)).not.toContain("hunter2");
});

test.each(["host=/run/pg dbname=sync", "/run/pg sync", "postgres://me@db.example:port/sync", "mysql://localhost/x"])(
  "DATABASE_URL=%s is refused, and told how a socket is written",
  (text) => {
    expect(() => loadConfig({ DATABASE_URL: text })).toThrow("postgresql://user@/database?host=/run/postgresql");
  },
);

test("secrets come as secrets, and are masked when described", () => {
  const values = {
    JWT_SECRET: "j".repeat(32),
    DATABASE_URL: "postgres://me:hunter2@db.example:5432/sync?sslmode=require",
  };
  const { jwtSecret } = loadConfig(values);
  expect(jwtSecret).toBeInstanceOf(Secret);
  expect(jwtSecret && revealSecret(jwtSecret)).toBe(values.JWT_SECRET);

  const described = describeConfig({ values, sourceOf: (name) => (name in values ? "environment" : "default") });
  expect(JSON.stringify(described)).not.toMatch(/hunter2|jjjj/);
  expect(described.find(({ name }) => name === "DATABASE_URL")).toMatchObject({
    value: "postgres://me:********@db.example:5432/sync",
    source: "environment",
  });
});

test(".env.example is what the settings say (npm run owlivion-sync -- config --env-example > .env.example)", () => {
  expect(readFileSync(new URL("../../../../.env.example", import.meta.url), "utf8")).toBe(renderEnvExample());
});
