import { defineConfig } from "vitest/config";

const resolve = { conditions: ["@owlivion/source"] };
const ssr = { resolve: { conditions: ["@owlivion/source"], externalConditions: ["@owlivion/source"] } };

/** Where CI wants the results of each run. */
const resultsDir = process.env["TEST_RESULTS"];

// The suffix says what a test needs: `.test.ts` nothing, `.pg.test.ts` PostgreSQL (its own, embedded), `.slow.test.ts`
// that and minutes (npm run test:slow).
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
          sequence: { groupOrder: 0 },
          include: ["packages/*/src/**/*.test.ts", "bench/src/**/*.test.ts"],
          exclude: ["**/*.pg.test.ts", "**/node_modules/**"],
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: "pg",
          sequence: { groupOrder: 1 },
          include: ["packages/server/{src,test}/**/*.pg.test.ts"],
          globalSetup: ["packages/server/test/support/postgres-setup.ts"],
          testTimeout: 30_000,
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
    ],
  },
});
