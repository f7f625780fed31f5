import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { findViolations } from "./support/axe.ts";
import { addContact, contactNames, newPerson, signUp, upToDate } from "./support/person.ts";
import { setStage } from "./support/stage.ts";
import { adminToken } from "./support/web-server.ts";

const stage = setStage();

const screens = [
  "contacts",
  "contacts/new",
  "accounts",
  "accounts/new",
  "signatures/new",
  "preferences",
  "sync",
  "conflicts",
  "past",
  "devices",
  "security",
  "more",
];

const ready = (page: Page) => page.getByRole("heading", { level: 1 }).first().waitFor();

async function openAdmin(page: Page): Promise<void> {
  await page.getByLabel("Admin token").fill(adminToken);
  await page.getByRole("button", { name: "Open" }).click();
  await page.getByRole("group", { name: "Recent activity" }).waitFor();
}

const looks = [390, 1280].flatMap((width) =>
  (["light", "dark"] as const).map((colorScheme) => ({ width, colorScheme })),
);

/** What axe has against a screen, in either scheme, at either width. */
async function expectAccessible(page: Page, screen: string): Promise<void> {
  for (const { width, colorScheme } of looks) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    // Colours pass from one scheme to the other in a moment.
    await page.evaluate(() => Promise.allSettled(document.getAnimations().map(({ finished }) => finished)));
    expect(await findViolations(page), `${screen}, ${colorScheme}, ${width} pixels`).toEqual([]);
    const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(tooWide, `${screen} overflows ${width} pixels`).toBeLessThanOrEqual(0);
  }
}

test("axe finds nothing before somebody is signed in, nor on the operator's page", async () => {
  const { page } = await stage.device();
  for (const door of ["sign-in", "sign-up", "recover", "demo", "admin"]) {
    await page.goto(`/${door}`);
    await ready(page);
    await expectAccessible(page, door);
  }
  await signUp(page, newPerson());
  await addContact(page, "Ada Lovelace");
  await upToDate(page);
  await page.goto("/admin");
  await openAdmin(page);
  await page.getByRole("group", { name: "Largest collections" }).waitFor();
  await expectAccessible(page, "the operator's page");
});

test("axe finds nothing on any screen", async () => {
  const { page } = await stage.device();
  await signUp(page, newPerson());
  await addContact(page, "Ada Lovelace", "ada@example.com");
  await upToDate(page);
  await expectAccessible(page, "a contact");
  await page.goto(page.url().replace("/contacts/", "/past/contacts/"));
  await page.getByText("First kept version").waitFor();
  await expectAccessible(page, "a contact's history");
  for (const screen of screens) {
    await page.goto(`/${screen}`);
    await ready(page);
    await page.waitForTimeout(700); // what is read from the store and the server
    await expectAccessible(page, screen);
  }
});

test("the operator sees addresses only when asking for them, and the token is gone with the page", async () => {
  const person = newPerson();
  const { page } = await stage.device();
  await signUp(page, person);
  const accepted = page.waitForResponse(
    (reply) => reply.request().method() === "POST" && reply.url().includes("/delta"),
  );
  await addContact(page, "Ada Lovelace");
  // The operator's page is another one: what was not sent before it is not sent while it is open.
  await accepted;
  await page.goto("/admin");
  await page.getByLabel("Admin token").fill("not the operator's token");
  await page.getByRole("button", { name: "Open" }).click();
  await page.getByRole("alert").waitFor();
  const replies: string[] = [];
  page.on("response", async (reply) => {
    if (reply.url().includes("/api/v1/admin/")) replies.push(await reply.text().catch(() => ""));
  });
  await openAdmin(page);
  expect(await page.getByText("p••@e••.com").count()).toBeGreaterThan(0);
  expect(replies.join("")).not.toContain("@example.com");
  await page.getByRole("switch", { name: "Show e-mail addresses" }).click();
  await page.getByRole("cell", { name: person.email }).first().waitFor();
  await page.reload();
  await page.getByLabel("Admin token").waitFor();
});

test("Turkish, chosen by the browser and by the person", async () => {
  const { page } = await stage.device({ locale: "tr-TR" });
  await page.goto("/sign-in");
  await page.getByRole("heading", { name: "Oturum aç" }).waitFor();
  expect(await page.evaluate(() => document.documentElement.lang)).toBe("tr");
  await page.getByRole("button", { name: "English" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await signUp(page, newPerson());
  for (const name of ["Işık", "Çağla", "İlker", "Cem"]) await addContact(page, name);
  await page.goto("/preferences");
  await page.getByLabel("Language").selectOption("tr");
  await page.getByRole("heading", { name: "Tercihler" }).waitFor();
  await page.getByRole("link", { name: "Kişiler" }).first().click();
  await expect.poll(() => contactNames(page)).toEqual(["Cem", "Çağla", "Işık", "İlker"]);
  await page.reload();
  await page.getByText("4 kişi").waitFor();
});

test("the keyboard reaches the content at once, and a new screen is read out", async () => {
  const { page } = await stage.device();
  await signUp(page, newPerson());
  await page.reload();
  await page.getByRole("heading", { name: "Contacts" }).waitFor();
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Skip to the content");
  await page.keyboard.press("Enter");
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("content");
  await page.getByRole("link", { name: "Devices" }).focus();
  await page.keyboard.press("Enter");
  const focused = () =>
    page.evaluate(() => `${document.activeElement?.tagName} ${document.activeElement?.textContent}`);
  await expect.poll(focused).toBe("H1 Devices");
  await expect.poll(() => page.title()).toContain("Devices");
});

test("it can be installed, as Chromium sees it", async () => {
  const { page, context } = await stage.device();
  await page.goto("/sign-in");
  await ready(page);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  const devTools = await context.newCDPSession(page);
  const manifest = await devTools.send("Page.getAppManifest");
  expect(manifest.url).toMatch(/\/manifest\.webmanifest$/);
  expect(manifest.errors).toEqual([]);
  const { installabilityErrors } = await devTools.send("Page.getInstallabilityErrors");
  // What a test's context is, and no fault of the page.
  expect(installabilityErrors.filter(({ errorId }) => errorId !== "in-incognito")).toEqual([]);
});

test("after the first visit it opens without a network, and what is written then is sent later", async () => {
  const { page, context } = await stage.device();
  await signUp(page, newPerson());
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);
  await context.setOffline(true);
  await page.goto("/contacts/new");
  await page.getByLabel("Name", { exact: true }).fill("Written in a tunnel");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Not sent yet.").waitFor();
  await page.goto("/security");
  await page.getByRole("heading", { name: "Security" }).waitFor();
  await context.setOffline(false);
  await upToDate(page);
});

test("a signature is shown without what it must not do", async () => {
  const { page } = await stage.device();
  await signUp(page, newPerson());
  const requests: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  await page.goto("/signatures/new");
  await page.getByLabel("Name", { exact: true }).fill("Work");
  await page
    .getByLabel("HTML")
    .fill(
      `<p style="color: rgb(1, 2, 3)">Ada</p><img src="https://elsewhere.example/pixel.png" onerror="document.title='run'">` +
        `<script>document.title = 'run'</script><p style="background: url(https://elsewhere.example/b.png)">x</p>`,
    );
  const frame = page.frameLocator("iframe");
  await frame.getByText("Ada").waitFor();
  expect(await frame.getByText("Ada").evaluate((element) => getComputedStyle(element).color)).toBe("rgb(1, 2, 3)");
  await page.waitForTimeout(500);
  expect(await page.title()).not.toBe("run");
  expect(requests.filter((url) => !url.startsWith(stage.url))).toEqual([]);
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("link", { name: "Work" }).waitFor();
});

test("the demo shows a clash on one page, and erases its account", async () => {
  const { page } = await stage.device();
  await page.goto("/demo");
  await page.getByRole("button", { name: "Start" }).click();
  const [laptop, phone] = [page.getByRole("region", { name: "Laptop" }), page.getByRole("region", { name: "Phone" })];
  await laptop.getByLabel("Company of Ada Lovelace").fill("Typed here");
  await expect.poll(() => phone.getByLabel("Company of Ada Lovelace").inputValue()).toBe("Typed here");
  await page.waitForTimeout(2500);
  for (const pane of [laptop, phone]) await pane.getByRole("switch").click();
  await laptop.getByLabel("Company of Ada Lovelace").fill("One");
  await phone.getByLabel("Company of Ada Lovelace").fill("Two");
  await laptop.getByRole("switch").click();
  await page.waitForTimeout(1500);
  await phone.getByRole("switch").click();
  await page.getByRole("button", { name: "All from this device" }).first().click();
  await page.getByRole("button", { name: "Resolve" }).first().click();
  await expect
    .poll(async () => [
      await laptop.getByLabel("Company of Ada Lovelace").inputValue(),
      await phone.getByLabel("Company of Ada Lovelace").inputValue(),
    ])
    .toSatisfy(([one, two]: string[]) => one === two);
  expect(await findViolations(page)).toEqual([]);
  await page.getByRole("button", { name: "End it and erase the account" }).click();
  await page.getByRole("button", { name: "Start" }).waitFor();
});
