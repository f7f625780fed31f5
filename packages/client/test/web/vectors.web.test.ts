import { expect, test } from "vitest";
import type { VectorsPage } from "./pages/vectors-page.ts";
import { newProfile, startBrowser } from "./support/browser.ts";
import { servePage } from "./support/page-server.ts";
import { vectorsInPage } from "./support/vectors-in-page.ts";

/** `page` is the one that `vectors-page.ts` offers. */
declare const page: VectorsPage;

test("every frozen vector holds in Chromium, Argon2id at its real cost among them", { timeout: 120_000 }, async () => {
  const { url } = await servePage("vectors-page.ts", [vectorsInPage]);
  const browser = await startBrowser(await newProfile());
  const tab = await browser.openPage(url);
  const results = await tab.evaluate(() => page.run());
  expect(results.filter(({ failure }) => failure !== null)).toEqual([]);
  expect(results.filter(({ checks }) => checks === 0)).toEqual([]);
  expect(results.length).toBeGreaterThan(15);
});
