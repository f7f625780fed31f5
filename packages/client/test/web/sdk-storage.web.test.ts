import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import type { SdkPage } from "./pages/sdk-page.ts";
import { newProfile, startBrowser } from "./support/browser.ts";
import { startHome } from "./support/home.ts";

/** `page` is the one that `sdk-page.ts` offers. */
declare const page: SdkPage;

test("a database that the browser found damaged is told, and signing in again brings what was sent", async () => {
  const home = await startHome();
  const profile = await newProfile();
  const browser = await startBrowser(profile);
  const before = await home.signedInTab(browser);
  await before.evaluate(() => page.contacts.put({ name: "Ada" }));
  await before.evaluate(() => page.sync.syncNow());
  expect(await lossesOf(before)).toBe(0);
  await browser.kill();
  await damageDatabase(profile);

  const tab = await home.openTab(await startBrowser(profile));
  await expect.poll(() => lossesOf(tab)).toBe(1);
  expect(await tab.evaluate(() => page.sync.status.state)).toBe("signed_out");
  await tab.evaluate((person) => page.sync.signIn(person), home.person);
  await tab.evaluate(() => page.sync.syncNow());
  expect(await tab.evaluate(() => page.names())).toEqual(["Ada"]);
  await home.reload(tab);
  expect(await lossesOf(tab)).toBe(0);
});

const lossesOf = (tab: Page): Promise<number> =>
  tab.evaluate(() => page.events.filter(({ type }) => type === "storage_lost").length);

/** As when the machine lost power while Chromium wrote. */
async function damageDatabase(profile: string): Promise<void> {
  const files = await readdir(profile, { recursive: true });
  const current = files.find((path) => /indexeddb\.leveldb.CURRENT$/.test(path));
  if (current === undefined) throw new Error("there is no database to damage");
  await writeFile(join(profile, current), "damaged");
}
