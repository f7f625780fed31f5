import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { SdkPage } from "./pages/sdk-page.ts";
import { newProfile, startBrowser } from "./support/browser.ts";
import { startHome } from "./support/home.ts";

/** `page` is the one that `sdk-page.ts` offers. */
declare const page: SdkPage;

describe("keys in the browser", () => {
  test("a reload needs no password, and no script nor file has the keys in plain", async () => {
    const home = await startHome();
    const profile = await newProfile();
    const browser = await startBrowser(profile);
    const tab = await home.signedInTab(browser);
    const id = await tab.evaluate(() => page.contacts.put({ name: "Ada" }));
    await tab.evaluate(() => page.sync.syncNow());
    await home.reload(tab);
    expect(await tab.evaluate(() => page.sync.status.state)).toBe("idle");
    await tab.evaluate((id) => page.contacts.patch(id, { notes: "after the reload" }), id);
    await tab.evaluate(() => page.sync.syncNow());

    const { looked, found, keys, extractableKeys, bundle } = await tab.evaluate(
      (person) => page.lookForSecrets(person),
      home.person,
    );
    expect(looked).toBeGreaterThan(50);
    expect(found).toEqual([]);
    expect([keys, extractableKeys]).toEqual([1, 0]);

    await browser.kill();
    const files = await filesBelow(profile);
    const holding = (needle: Buffer) => files.filter(({ bytes }) => bytes.includes(needle)).map(({ path }) => path);
    expect(holding(Buffer.from(home.person.email)).length).toBeGreaterThan(0);
    // Account key and id key, each alone too.
    const secret = Buffer.from(bundle);
    for (let at = 0; at + 32 <= secret.length; at += 16) expect(holding(secret.subarray(at, at + 16))).toEqual([]);
    expect(holding(Buffer.from(home.person.password))).toEqual([]);
  });

  test("signing out with unsent edits keeps them locked, until the same account signs in", async () => {
    const home = await startHome();
    const browser = await startBrowser(await newProfile());
    const tab = await home.signedInTab(browser);
    await tab.evaluate(() => page.contacts.put({ name: "sent" }));
    await tab.evaluate(() => page.sync.syncNow());
    await browser.setOffline(true);
    await tab.evaluate(() => page.contacts.put({ name: "not sent" }));
    expect(await tab.evaluate(() => page.lookForText("not sent"))).not.toEqual([]);
    expect(await tab.evaluate(() => page.sync.signOut())).toEqual({ unsentEdits: 1 });
    await browser.setOffline(false);

    await home.reload(tab);
    expect(await tab.evaluate(() => page.sync.status.state)).toBe("locked");
    expect(await tab.evaluate(() => page.names())).toEqual([]);
    expect(await tab.evaluate(() => page.lookForText("not sent"))).toEqual([]);

    await tab.evaluate((person) => page.sync.signIn(person), home.person);
    expect(await tab.evaluate(() => page.names())).toEqual(["not sent", "sent"]);
    await tab.evaluate(() => page.sync.syncNow());
    expect(await tab.evaluate(() => page.sync.status.waiting)).toBe(0);
  });

  test("signing out with everything sent leaves nothing but the device's id", async () => {
    const home = await startHome();
    const browser = await startBrowser(await newProfile());
    const tab = await home.signedInTab(browser);
    await tab.evaluate(() => page.contacts.put({ name: "sent" }));
    await tab.evaluate(() => page.sync.syncNow());
    expect(await tab.evaluate(() => page.sync.signOut())).toEqual({ unsentEdits: 0 });
    await home.reload(tab);
    expect(await tab.evaluate(() => page.sync.status.state)).toBe("signed_out");
    expect(await tab.evaluate(() => page.names())).toEqual([]);
    expect(await tab.evaluate((email) => page.lookForText(email), home.person.email)).toEqual([]);
  });

  test("offline, what was never loaded is OFFLINE, and comes with the network; all else goes on", async () => {
    const home = await startHome();
    const browser = await startBrowser(await newProfile());
    const tab = await home.signedInTab(browser);
    await home.reload(tab);
    await browser.setOffline(true);
    const id = await tab.evaluate(() => page.contacts.put({ name: "Ada" }));
    await tab.evaluate((id) => page.contacts.patch(id, { notes: "offline" }), id);
    await tab.evaluate(() => page.sync.lock());
    const unlock = () => tab.evaluate(({ password }) => page.codeOf(page.sync.unlock({ password })), home.person);
    expect(await unlock()).toBe("OFFLINE");
    await browser.setOffline(false);
    expect(await unlock()).toBe("ok");
    await tab.evaluate(() => page.sync.syncNow());
    expect(await tab.evaluate((id) => page.contacts.get(id), id)).toMatchObject({ notes: "offline" });
  });
});

async function filesBelow(directory: string): Promise<{ readonly path: string; readonly bytes: Buffer }[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return await Promise.all(paths.map(async (path) => ({ path, bytes: await readFile(path) })));
}
