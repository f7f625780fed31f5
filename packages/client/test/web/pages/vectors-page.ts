/* oxlint-disable import/no-unassigned-import -- tests are run by being imported */
// The vectors' own tests, with the runner and the files of this page: see support/vectors-in-page.ts.
import "../../../../crypto/test/vectors-of-keys.test.ts";
import "../../../../crypto/test/vectors-of-records.test.ts";
import "../../../../crypto/test/negative-vectors.test.ts";
import { ranTests } from "./page-runner.ts";

/** What the test calls in the page. */
export interface VectorsPage {
  /** Of each test, in its order: null, or why it failed. */
  run(): Promise<{ readonly name: string; readonly failure: string | null; readonly checks: number }[]>;
}

const page: VectorsPage = { run: ranTests };
Object.assign(globalThis, { page });
