import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import type { SdkPage } from "./pages/sdk-page.ts";
import { newProfile, startBrowser } from "./support/browser.ts";
import { startHome } from "./support/home.ts";

/** `page` is the one that `sdk-page.ts` offers. */
declare const page: SdkPage;

describe("two tabs on one store", () => {
  test("one syncs, both see the changes, and when it is closed the other goes on", async () => {
    const { home, syncer, other } = await twoTabs();
    await other.evaluate(() => page.contacts.put({ name: "of the other tab" }));
    await expect.poll(() => names(syncer)).toEqual(["of the other tab"]);
    await expect.poll(() => other.evaluate(() => page.sync.status.waiting)).toBe(0);

    const elsewhere = await home.openNodeDevice();
    await elsewhere.sync.syncNow();
    await elsewhere.sync.collection("contacts").put({ name: "from elsewhere" });
    await elsewhere.sync.syncNow();
    for (const tab of [syncer, other]) {
      await expect.poll(() => names(tab)).toEqual(["from elsewhere", "of the other tab"]);
    }
    expect(await syncRequests(other)).toEqual([]);

    await syncer.close();
    await elsewhere.sync.collection("contacts").put({ name: "third" });
    await elsewhere.sync.syncNow();
    await expect.poll(() => names(other)).toEqual(["from elsewhere", "of the other tab", "third"]);
    expect(await syncRequests(other)).not.toEqual([]);
  });

  test("an edit that one tab made and did not send goes out through the other", async () => {
    const { home, syncer, other } = await twoTabs();
    const left = await syncer.evaluate(() => {
      page.hold = /^POST .sync/;
      return page.contacts.put({ name: "left behind" });
    });
    await expect.poll(() => syncer.evaluate(() => page.held.length)).toBe(1);
    await syncer.close();
    await expect.poll(() => other.evaluate(() => page.sync.status.waiting)).toBe(0);
    const elsewhere = await home.openNodeDevice();
    await elsewhere.sync.syncNow();
    expect(await elsewhere.sync.collection("contacts").get(left)).toMatchObject({ name: "left behind" });
  });

  test("no refresh token is used twice, though both tabs need one at once", async () => {
    const { syncer, other } = await twoTabs();
    const tabs = [syncer, other];
    for (let hour = 1; hour <= 3; hour++) {
      const devices = tabs.map((tab) =>
        tab.evaluate(async (hour) => {
          page.clockAheadMs = hour * 3_600_000;
          return (await page.sync.devices()).length;
        }, hour),
      );
      expect(await Promise.all(devices)).toEqual([1, 1]);
    }
    const used = (await Promise.all(tabs.map((tab) => tab.evaluate(() => [...page.refreshTokens])))).flat();
    expect(used.length).toBeGreaterThanOrEqual(6);
    expect(new Set(used).size).toBe(used.length);
    for (const tab of tabs) expect(await tab.evaluate(() => page.sync.account?.endedBy)).toBeNull();
  });

  test("locking one tab locks the other, and unlocking opens both", async () => {
    const { home, syncer, other } = await twoTabs();
    await other.evaluate(() => page.sync.lock());
    for (const tab of [syncer, other]) {
      await expect.poll(() => tab.evaluate(() => page.sync.status.state)).toBe("locked");
    }
    expect(await syncer.evaluate(() => page.codeOf(page.sync.unlock({ password: "a wrong one" })))).toBe(
      "WRONG_PASSWORD",
    );
    await syncer.evaluate(({ password }) => page.sync.unlock({ password }), home.person);
    await expect.poll(() => other.evaluate(() => page.sync.account !== null && page.sync.status.state)).toBe("idle");
    await other.evaluate(() => page.contacts.put({ name: "open again" }));
    await expect.poll(() => names(syncer)).toEqual(["open again"]);
    await expect.poll(() => other.evaluate(() => page.sync.status.waiting)).toBe(0);
  });
});

/** Both are signed in and started; the first syncs. */
async function twoTabs() {
  const home = await startHome();
  const browser = await startBrowser(await newProfile());
  const syncer = await home.signedInTab(browser);
  await syncer.evaluate(() => page.sync.start());
  await expect.poll(() => syncRequests(syncer)).toContain("GET /sync/events");
  const other = await home.openTab(browser);
  await other.evaluate(() => page.sync.start());
  return { home, syncer, other };
}

const names = (tab: Page): Promise<string[]> => tab.evaluate(() => page.names());

const syncRequests = (tab: Page): Promise<string[]> =>
  tab.evaluate(() => page.requests.filter((request) => request.includes(" /sync/")));
