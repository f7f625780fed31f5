import { setTimeout as delay } from "node:timers/promises";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import type { SdkPage } from "./pages/sdk-page.ts";
import { newProfile, startBrowser } from "./support/browser.ts";
import { type Home, startHome } from "./support/home.ts";

/** `page` is the one that `sdk-page.ts` offers. */
declare const page: SdkPage;

const downloaded = 2_000;

describe("interruptions in Chromium", () => {
  test("a first download of 2,000 contacts tells how far it is", async () => {
    const { tab } = await withContacts();
    await tab.evaluate(() => page.sync.syncNow());
    expect(await tab.evaluate(() => page.contacts.count())).toBe(downloaded);
    const progress = await tab.evaluate(() =>
      page.statuses.flatMap((status) =>
        status.state === "syncing" && status.progress !== null ? status.progress : [],
      ),
    );
    const counts = progress.filter(({ dataType }) => dataType === "contacts").map(({ records }) => records);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    expect(counts.at(-1)).toBe(downloaded);
    expect(progress.every(({ totalRecords }) => totalRecords === downloaded)).toBe(true);
  });

  test("a page that is reloaded half-way through a first download goes on where it was", async () => {
    const { tab, home } = await withContacts();
    await tab.evaluate(() => {
      page.hold = /^GET .sync.contacts.delta.*cursor=(?!initial)/;
      page.sync.start();
    });
    await expect.poll(() => tab.evaluate(() => page.held.length)).toBe(1);
    const [interrupted] = await tab.evaluate(() => [...page.held]);
    await expect.poll(() => tab.evaluate(() => page.contacts.count())).toBeGreaterThan(0);

    await home.reload(tab);
    expect(await tab.evaluate(() => page.contacts.count())).toBeLessThan(downloaded);
    await tab.evaluate(() => page.sync.syncNow());
    const pages = await tab.evaluate(() => page.requests.filter((request) => request.includes("/sync/contacts/delta")));
    expect(pages[0]).toBe(interrupted);
    expect(await tab.evaluate(() => page.contacts.count())).toBe(downloaded);
  });

  test("C-I4: the browser killed in mid-sync has what was acknowledged, once", { timeout: 60_000 }, async () => {
    for (let round = 0; round < 3; round++) {
      const home = await startHome();
      const profile = await newProfile();
      const browser = await startBrowser(profile);
      const tab = await home.signedInTab(browser);
      await tab.evaluate(() => page.sync.start());
      await tab.evaluate(() => page.putForEver("edit"));
      await expect.poll(() => pushes(tab), { timeout: 10_000 }).toBeGreaterThan(1 + round);
      await delay(Math.random() * 100); // anywhere in what goes on
      const acknowledged = await tab.evaluate(() => [...page.acknowledged]);
      await browser.kill();
      await checkNothingLost(home, profile, acknowledged);
    }
  });

  test("C-I4: a tab that is closed in mid-import has what was acknowledged, once", async () => {
    const home = await startHome();
    const profile = await newProfile();
    const browser = await startBrowser(profile);
    const tab = await home.signedInTab(browser);
    await tab.evaluate(() => page.putForEver("import"));
    await expect.poll(() => tab.evaluate(() => page.acknowledged.length)).toBeGreaterThan(30);
    const acknowledged = await tab.evaluate(() => [...page.acknowledged]);
    await tab.close();
    const again = await home.openTab(browser);
    await checkInTab(home, again, acknowledged);
  });
});

/** An account with contacts, and a tab that has none of them yet. */
async function withContacts(): Promise<{ home: Home; tab: Page }> {
  const home = await startHome();
  const source = await home.openNodeDevice();
  const contacts = Array.from({ length: downloaded }, (_, i) => ({
    name: `Contact ${i}`,
    emails: [`c${i}@example.com`],
  }));
  await source.sync.collection("contacts").putMany(contacts);
  await source.sync.syncNow();
  return { home, tab: await home.signedInTab(await startBrowser(await newProfile())) };
}

const pushes = (tab: Page): Promise<number> =>
  tab.evaluate(() => page.requests.filter((request) => request.startsWith("POST /sync/contacts")).length);

async function checkNothingLost(home: Home, profile: string, acknowledged: readonly string[]): Promise<void> {
  const browser = await startBrowser(profile);
  await checkInTab(home, await home.openTab(browser), acknowledged);
  await browser.kill();
}

/** The device, and another one after it, have everything that was acknowledged; nothing is there twice. */
async function checkInTab(home: Home, tab: Page, acknowledged: readonly string[]): Promise<void> {
  expect(await tab.evaluate(() => page.sync.status.state)).toBe("idle");
  const here = await tab.evaluate(() => page.names());
  expect(here).toEqual(expect.arrayContaining([...acknowledged]));
  expect(new Set(here).size).toBe(here.length);
  await tab.evaluate(() => page.sync.syncNow());
  expect(await tab.evaluate(() => page.sync.status)).toMatchObject({ state: "idle", waiting: 0, attention: [] });
  const elsewhere = await home.openNodeDevice();
  await elsewhere.sync.syncNow();
  const there = (await elsewhere.sync.collection<{ name: string }>("contacts").list()).map(({ name }) => name);
  expect(there.sort()).toEqual(here);
}
