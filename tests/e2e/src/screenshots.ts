// npm run screenshots [folder]: pictures of the main screens, of a made-up person on a real server. With a folder of your own also at
// phone and tablet width, to look at.
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { newDevice, startChromium } from "./support/browser.ts";
import { addContact, newPerson, signIn, signUp, upToDate } from "./support/person.ts";
import { adminToken, startWebServer } from "./support/web-server.ts";

const [given] = process.argv.slice(2);
const folder = given ?? fileURLToPath(new URL("../../../docs/screenshots", import.meta.url));
const widths = given === undefined ? [1280] : [390, 820, 1280];
const people = [
  "Ada Lovelace",
  "Cahit Arf",
  "Emmy Noether",
  "Feryal Özel",
  "Grace Hopper",
  "Katherine Johnson",
  "Şükrü Işık",
];

const server = await startWebServer({ LOG_LEVEL: "error" });
const browser = await startChromium();
try {
  await mkdir(folder, { recursive: true });
  const person = { ...newPerson(), email: "ada@example.com" };
  const laptop = await newDevice(browser, server.url, { viewport: { width: 1280, height: 800 } });
  const phone = await newDevice(browser, server.url, { viewport: { width: 1280, height: 800 } });
  const { page } = laptop;
  await take(page, "sign-up", "/sign-up");
  await signUp(page, person, "Ada’s laptop");
  for (const name of people) await addContact(page, name, `${name.split(" ")[0]?.toLowerCase()}@example.com`);
  await upToDate(page);
  await take(page, "contacts", new URL(page.url()).pathname);
  await signIn(phone.page, person, "Ada’s phone");
  await page.goto("/contacts");
  for (const device of [laptop, phone]) await device.context.setOffline(true);
  await edit(page, { Company: "Analytical Engines", Title: "Countess" });
  await edit(phone.page, { Company: "Babbage & Co", Title: "Programmer" });
  await laptop.context.setOffline(false);
  await upToDate(page);
  await phone.context.setOffline(false);
  await phone.page.getByText("Two devices changed this differently.").waitFor();
  await take(phone.page, "conflict", "/conflicts");
  await take(page, "sync", "/sync");
  await take(page, "devices", "/devices");
  await take(page, "security", "/security");
  await take(page, "past", "/past");
  await take(page, "preferences", "/preferences");
  await page.goto("/admin");
  await page.getByLabel("Admin token").fill(adminToken);
  await page.getByRole("button", { name: "Open" }).click();
  await page.getByRole("heading", { name: "Largest collections" }).waitFor();
  await take(page, "admin", null);
  await page.goto("/demo");
  await page.getByRole("button", { name: "Start" }).click();
  await page.getByRole("region", { name: "Phone" }).getByLabel("Company of Ada Lovelace").waitFor();
  await take(page, "demo", null);
} finally {
  await browser.close();
  await server.stop();
}

/** Null: as the page is. */
async function take(page: Page, name: string, path: string | null): Promise<void> {
  if (path !== null) await page.goto(path);
  for (const width of widths) {
    await page.setViewportSize({ width, height: width < 500 ? 844 : 800 });
    await page.locator("h1:visible, h2:visible").first().waitFor();
    await page.waitForTimeout(1500); // charts, and what comes from the server
    const file = given === undefined ? `${name}.png` : `${name}-${width}.png`;
    await page.screenshot({ path: join(folder, file), scale: "css" });
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}

async function edit(page: Page, fields: Readonly<Record<string, string>>): Promise<void> {
  await page.getByRole("link", { name: "Ada Lovelace" }).click();
  await page.getByRole("button", { name: "Edit" }).click();
  for (const [label, value] of Object.entries(fields)) await page.getByLabel(label).fill(value);
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Not sent yet.").waitFor();
}
