import { defineConfig } from "vitest/config";

const resolve = { conditions: ["@owlivion/source"] };
const ssr = { resolve: { conditions: ["@owlivion/source"], externalConditions: ["@owlivion/source"] } };

/** Where CI wants the results of each run. */
const resultsDir = process.env["TEST_RESULTS"];

// The suffix says what a test needs: `.test.ts` nothing, `.pg.test.ts` PostgreSQL (its own, embedded), `.slow.test.ts`
// that and minutes (npm run test:slow), `.web.test.ts` Chromium (npm run test:web), `.hostile.test.ts` both (npm run hostile),
// `.e2e.test.ts` the web app in Chromium on the real server (npm run test:e2e).
export default defineConfig({
  test: {
    reporters: resultsDir === undefined ? ["default"] : ["default", "json"],
    ...(resultsDir === undefined ? {} : { outputFile: { json: `${resultsDir}/${process.pid}.json` } }),
    projects: [
      {
        resolve,
        ssr,
        test: {
          name: "unit",
          expect: { poll: { timeout: 15_000 } },
          sequence: { groupOrder: 0 },
          include: [
            "packages/*/src/**/*.test.ts",
            "packages/crypto/test/**/*.test.ts",
            "apps/*/src/**/*.test.ts",
            "bench/src/**/*.test.ts",
            "tests/*/src/**/*.test.ts",
          ],
          exclude: ["**/*.e2e.test.ts", "**/*.pg.test.ts", "**/node_modules/**"],
          testTimeout: 30_000,
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: "pg",
          expect: { poll: { timeout: 15_000 } },
          sequence: { groupOrder: 1 },
          include: [
            "packages/server/{src,test}/**/*.pg.test.ts",
            "packages/client/test/**/*.pg.test.ts",
            "apps/cli/test/**/*.pg.test.ts",
          ],
          globalSetup: ["packages/server/test/support/postgres-setup.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: "slow",
          sequence: { groupOrder: 2 },
          include: ["packages/server/test/**/*.slow.test.ts"],
          globalSetup: ["packages/server/test/support/postgres-setup.ts"],
          hookTimeout: 60_000,
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: "hostile",
          sequence: { groupOrder: 4 },
          include: ["tests/hostile-server/test/**/*.hostile.test.ts"],
          globalSetup: ["packages/server/test/support/postgres-setup.ts"],
          hookTimeout: 60_000,
          testTimeout: 60_000,
          expect: { poll: { timeout: 15_000 } },
          maxWorkers: 2,
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: "e2e",
          sequence: { groupOrder: 4 },
          include: ["tests/e2e/src/**/*.e2e.test.ts"],
          // A browser on a shared machine may starve; the report names what needed a second try.
          retry: process.env["CI"] === undefined ? 0 : 1,
          globalSetup: ["tests/e2e/src/support/shared-server.ts"],
          hookTimeout: 180_000,
          testTimeout: 300_000,
          expect: { poll: { timeout: 30_000 } },
          maxWorkers: 1,
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: "web",
          sequence: { groupOrder: 3 },
          include: ["packages/*/test/web/**/*.web.test.ts"],
          globalSetup: ["packages/server/test/support/postgres-setup.ts"],
          hookTimeout: 60_000,
          testTimeout: 60_000,
          expect: { poll: { timeout: 15_000 } },
          maxWorkers: 1,
        },
      },
    ],
  },
});
