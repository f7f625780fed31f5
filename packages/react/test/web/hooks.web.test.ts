import type { AddressInfo } from "node:net";
import type { Contact } from "@owlivion/sync-client";
import type { Page } from "playwright-core";
import { expect, onTestFinished, test } from "vitest";
import { openDevice, testPassword } from "../../../client/test/support/people.ts";
import { newProfile, startBrowser } from "../../../client/test/web/support/browser.ts";
import { startTestServer } from "../../../server/test/support/server.ts";
import type { HooksPage } from "./pages/hooks-page.tsx";
import { serveApp } from "./support/serve-app.ts";

declare const page: HooksPage;

const names = (tab: Page): Promise<string[]> => tab.locator("[data-contacts] li").allTextContents();

test("every hook, in a page, against the real server and another device", { timeout: 120_000 }, async () => {
  const app = await serveApp("test/web/pages/hooks-page.tsx");
  const server = await startTestServer({ config: { corsOrigins: [app.origin] } });
  onTestFinished(() => server.close());
  await server.app.listen({ host: "127.0.0.1", port: 0 });
  const url = `http://localhost:${(server.app.server.address() as AddressInfo).port}`;
  app.allowConnections(url);
  const person = { email: `person-${crypto.randomUUID()}@example.com`, password: testPassword };

  const browser = await startBrowser(await newProfile());
  const tab = await browser.openPage(app.origin);
  await tab.evaluate((url) => page.open(url), url);
  const session = tab.locator("[data-session]");
  await expect.poll(() => session.textContent()).toBe("signed_out ");
  await tab.evaluate((person) => page.signUp(person), person);
  await expect.poll(() => session.textContent()).toBe(`unlocked ${person.email}`);
  await expect.poll(() => tab.getByText("this device", { exact: true }).count()).toBe(1);

  const { sync: other } = await openDevice(server.app);
  onTestFinished(() => other.close());
  await other.signIn(person);
  const id = await other.collection<Contact>("contacts").put({ name: "Ada", notes: "first" });
  await other.syncNow();
  await tab.getByRole("button", { name: "Sync now" }).click();
  await expect.poll(() => names(tab)).toEqual(["Ada"]);
  await expect.poll(() => tab.locator("[data-record]").textContent()).toBe("first sent");
  await expect.poll(() => tab.getByRole("listitem").filter({ hasText: "First kept version" }).count()).toBe(1);

  await tab.evaluate((id) => page.sync.collection("contacts").patch(id, { notes: "mine" }), id);
  await expect.poll(() => tab.locator("[data-record]").textContent()).toBe("mine waiting");
  await tab.getByText("1 edit waits to be sent").waitFor();
  await other.collection<Contact>("contacts").patch(id, { notes: "theirs" });
  await other.syncNow();
  await tab.getByRole("button", { name: "Sync now" }).click();
  const dialog = tab.getByRole("dialog");
  await dialog.getByRole("radio", { name: /This device.*mine/s }).check();
  await dialog.getByRole("button", { name: "Resolve" }).click();
  await dialog.waitFor({ state: "hidden" });
  await tab.getByRole("button", { name: "Sync now" }).click();
  const notesThere = async () => {
    await other.syncNow();
    return (await other.collection<Contact>("contacts").get(id))?.notes;
  };
  await expect.poll(notesThere).toBe("mine");

  await tab
    .getByRole("button", { name: /^Restore/ })
    .last()
    .click();
  await expect.poll(() => tab.locator("[data-record]").textContent()).toMatch(/^first/);

  const contacts = tab.getByRole("switch", { name: "Contacts" });
  await contacts.click();
  await expect.poll(() => tab.evaluate(() => page.sync.settings.pausedDataTypes)).toEqual(["contacts"]);
  await expect.poll(() => contacts.getAttribute("aria-checked")).toBe("false");

  await tab.getByRole("button", { name: "Refresh" }).click();
  await tab.getByRole("button", { name: /^Sign out/ }).click();
  await tab.getByRole("alertdialog").getByLabel("Password", { exact: true }).fill(testPassword);
  await tab.keyboard.press("Enter");
  await tab.getByRole("alertdialog").waitFor({ state: "hidden" });
  await expect(other.syncNow()).rejects.toMatchObject({ code: "SESSION_REVOKED" });

  await tab.evaluate(() => page.sync.lock());
  await expect.poll(() => session.textContent()).toBe(`locked ${person.email}`);
});

test("ten thousand contacts: an edit draws the row that it changed, and no other", { timeout: 120_000 }, async () => {
  const app = await serveApp("test/web/pages/hooks-page.tsx");
  const server = await startTestServer({ config: { corsOrigins: [app.origin] } });
  onTestFinished(() => server.close());
  await server.app.listen({ host: "127.0.0.1", port: 0 });
  const url = `http://localhost:${(server.app.server.address() as AddressInfo).port}`;
  app.allowConnections(url);
  const tab = await (await startBrowser(await newProfile())).openPage(app.origin);
  await tab.evaluate((url) => page.open(url), url);
  const person = { email: `person-${crypto.randomUUID()}@example.com`, password: testPassword };
  await tab.evaluate((person) => page.signUp(person), person);
  const ids = await tab.evaluate(
    async () =>
      await page.sync
        .collection("contacts")
        .putMany(Array.from({ length: 10_000 }, (_, i) => ({ name: `Contact ${100_000 + i}` }))),
  );
  await expect.poll(() => tab.evaluate(() => page.drawn.size)).toBe(10_000);
  const before = await tab.evaluate(() => ({
    lists: page.lists,
    all: [...page.drawn.values()].reduce((a, b) => a + b, 0),
  }));
  await tab.evaluate(
    (id) => page.sync.collection("contacts").patch(id, { name: "Contact 105000 changed" }),
    ids[5000]!,
  );
  await expect.poll(() => tab.getByText("Contact 105000 changed").count()).toBe(1);
  const after = await tab.evaluate(() => ({
    lists: page.lists,
    all: [...page.drawn.values()].reduce((a, b) => a + b, 0),
  }));
  expect(after.all - before.all).toBe(1);
  expect(after.lists - before.lists).toBe(1);
});
