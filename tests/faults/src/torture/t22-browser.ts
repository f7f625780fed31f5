import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Child } from "../world/child.ts";
import { count as countUp, type TortureTest } from "./torture-test.ts";

const root = fileURLToPath(new URL("../../../..", import.meta.url));
const suites = ["indexeddb", "sdk-interruptions", "sdk-storage", "sdk-tabs"].map(
  (name) => `packages/client/test/web/${name}.web.test.ts`,
);

/**
 * The store and the SDK in a real Chromium that is killed, full, cleared and shared by tabs: the client's own suites, run so
 * often. `npm run test:web` has them once in every CI run, so that a short round does not repeat them.
 */
export const browserKilled: TortureTest = {
  id: "T22",
  title: "IndexedDB in Chromium: killed in a transaction, full, cleared, two tabs",
  short: 0,
  campaign: 5,
  async run({ scope, count, tally }) {
    for (let i = 0; i < count; i += 1) {
      const results = join(scope.folder, `web-${i}.json`);
      const args = ["run", "--project", "web", "--reporter=json", `--outputFile=${results}`, ...suites];
      const vitest = new Child(join(root, "node_modules/.bin/vitest"), args, { cwd: root, env: process.env });
      scope.defer(() => vitest.kill());
      await vitest.exited;
      const { numPassedTests, testResults } = JSON.parse(readFileSync(results, "utf8")) as {
        numPassedTests: number;
        testResults: { assertionResults: { status: string; fullName: string }[] }[];
      };
      countUp(tally, "browser tests passed", numPassedTests);
      const failed = testResults
        .flatMap(({ assertionResults }) => assertionResults)
        .filter(({ status }) => status === "failed");
      tally.broken.push(...failed.map(({ fullName }) => `T22: ${fullName}`));
      tally.rounds += 1;
    }
  },
};
