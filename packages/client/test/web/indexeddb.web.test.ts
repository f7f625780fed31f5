import { setTimeout as delay } from "node:timers/promises";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { storeCases } from "../../src/store/store.contract.ts";
import type { StorePage } from "./pages/store-page.ts";
import { newProfile, startBrowser } from "./support/browser.ts";
import { servePage } from "./support/page-server.ts";

/** `page` is the one that `store-page.ts` offers. */
declare const page: StorePage;

describe("IndexedDB store in Chromium", () => {
  test("the contract of all stores", { timeout: 60_000 }, async () => {
    const { tab } = await oneTab();
    const failures: string[] = [];
    for (const { name } of storeCases) {
      await tab
        .evaluate((name) => page.runCase(name), name)
        .catch((error) => failures.push(`${name}: ${String(error)}`));
    }
    expect(failures).toEqual([]);
  });

  test("two tabs: one holds the lock, and it goes on to the other when the tab closes", async () => {
    const { tab: a, openTab } = await oneTab();
    const b = await openTab();
    expect(await a.evaluate(() => page.hold())).toBe("held");
    expect(await b.evaluate(() => page.tryLock())).toBe("taken");
    const waiting = b.evaluate(() => page.waitForLock());
    await a.close();
    expect(await waiting).toBe("got it");
  });

  test("two tabs: rows and messages of one are seen in the other", async () => {
    const { tab: a, openTab } = await oneTab();
    const b = await openTab();
    await a.evaluate(() => page.put("shared", 1));
    await a.evaluate(() => page.announce({ type: "changed", dataType: "contacts", recordIds: ["a"] }));
    await expect
      .poll(() => b.evaluate(() => [...page.heard]))
      .toEqual([{ type: "changed", dataType: "contacts", recordIds: ["a"] }]);
    expect(await b.evaluate(() => page.get("shared"))).toBe(1);
    expect(await a.evaluate(() => [...page.heard])).toEqual([]);
  });

  test("two tabs have the same protector key, which no script can read", async () => {
    const { tab: a, openTab } = await oneTab();
    const b = await openTab();
    const sealed = await a.evaluate(() => page.seal());
    expect(await b.evaluate((bytes) => page.unseal(bytes), sealed)).toBe("secret");
    sealed[20]! ^= 1;
    expect(await b.evaluate((bytes) => page.unseal(bytes), sealed)).toBe("KEY_UNAVAILABLE");
  });

  test("C-I2: after a SIGKILL of the browser rows and position agree, and nothing acknowledged is missing", async () => {
    for (let round = 0; round < 3; round++) {
      const { url } = await servePage("store-page.ts");
      const profile = await newProfile();
      const acknowledged = await writeUntilKilled(profile, url);
      const { position, rows, newest } = await reopen(profile, url);
      // Some commits may have happened without being said.
      expect(position).toBeGreaterThanOrEqual(acknowledged);
      expect([rows, newest]).toEqual([50 * position, position]);
    }
  }, 60_000);

  test("C-I2: after one SIGKILL upon the other rows and position agree still", async () => {
    const { url } = await servePage("store-page.ts");
    const profile = await newProfile();
    for (let round = 0; round < 4; round++) {
      const acknowledged = await writeUntilKilled(profile, url);
      const { position, rows, newest } = await reopen(profile, url);
      expect([rows, newest]).toEqual([50 * position, position]);
      // Chromium goes on with a log that a kill has torn, calls it corrupt at the next start, and begins anew: all or nothing.
      if (position > 0) expect(position).toBeGreaterThanOrEqual(acknowledged);
    }
  }, 60_000);

  test("offline, the store works as before", async () => {
    const { tab, browser } = await oneTab();
    await browser.setOffline(true);
    await tab.evaluate(() => page.put("offline", 1));
    expect(await tab.evaluate(() => page.get("offline"))).toBe(1);
    expect(await tab.evaluate(() => navigator.onLine)).toBe(false);
    await browser.setOffline(false);
  });

  test("storage that was cleared is an error in the open tab, and an empty store in the next", async () => {
    const { tab, browser, url, openTab } = await oneTab();
    await tab.evaluate(() => page.put("a", 1));
    const sealed = await tab.evaluate(() => page.seal());
    const devTools = await browser.devTools(tab);
    await devTools.send("Storage.clearDataForOrigin", { origin: new URL(url).origin, storageTypes: "all" });
    const attempt = (): Promise<string> => tab.evaluate(() => page.attempt("b", 1));
    await expect.poll(attempt).toMatch(/^STORE_(UNREADABLE|CLOSED)$/);
    const next = await openTab();
    expect(await next.evaluate(() => page.get("a"))).toBeUndefined();
    expect(await next.evaluate((bytes) => page.unseal(bytes), sealed)).toBe("KEY_UNAVAILABLE");
  });

  test("a quota that is exceeded is STORE_FULL: nothing of the transaction is there, and with room it goes on", async () => {
    const { url } = await servePage("store-page.ts");
    const browser = await startBrowser(await newProfile());
    const tab = await browser.openPage(url);
    const devTools = await browser.devTools(tab);
    const { origin } = new URL(url);
    // Before the store is opened: the browser remembers for a while how much room there was.
    await devTools.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 1_000_000 });
    await openStore(tab);
    await tab.evaluate(() => page.put("small", "before"));
    expect(await tab.evaluate(() => page.attempt("large", 8_000_000))).toBe("STORE_FULL");
    expect(await tab.evaluate(() => page.get("large"))).toBeUndefined();
    expect(await tab.evaluate(() => page.get("small"))).toBe("before");
    await tab.evaluate(() => page.put("small", "fits"));
    await devTools.send("Storage.overrideQuotaForOrigin", { origin });
    expect(await tab.evaluate(() => page.attempt("large", 8_000_000))).toBe("ok");
    expect(await tab.evaluate(() => page.get("small"))).toBe("large");
  });
});

/** Writes until the browser is killed in the middle of it; the position that was acknowledged last. */
async function writeUntilKilled(profile: string, url: string): Promise<number> {
  const browser = await startBrowser(profile);
  const tab = await openStore(await browser.openPage(url));
  const { position } = await tab.evaluate(() => page.positionAndRows());
  await tab.evaluate(() => page.writeForEver());
  await expect.poll(() => tab.evaluate(() => page.acknowledged), { timeout: 10_000 }).toBeGreaterThan(position + 3);
  await delay(Math.random() * 100);
  const acknowledged = await tab.evaluate(() => page.acknowledged);
  await browser.kill();
  return acknowledged;
}

async function reopen(profile: string, url: string): Promise<{ position: number; rows: number; newest: number }> {
  const browser = await startBrowser(profile);
  const tab = await openStore(await browser.openPage(url));
  const found = await tab.evaluate(() => page.positionAndRows());
  await browser.kill();
  return found;
}

async function oneTab() {
  const { url } = await servePage("store-page.ts");
  const browser = await startBrowser(await newProfile());
  const openTab = async (): Promise<Page> => openStore(await browser.openPage(url));
  return { url, browser, openTab, tab: await openTab() };
}

async function openStore(tab: Page): Promise<Page> {
  await tab.evaluate(() => page.open("store"));
  return tab;
}
