import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { addContact, contactNames, newPerson, signIn, signUp, upToDate } from "./support/person.ts";
import { ownServer, setStage } from "./support/stage.ts";

const stage = setStage();

/** Cards of people with names of their own. */
const cards = (count: number): string =>
  Array.from({ length: count }, (_, i) => {
    const name = `${String.fromCodePoint(65 + (i % 26))}${String(i).padStart(5, "0")}`;
    return `BEGIN:VCARD\r\nVERSION:3.0\r\nFN:${name} Person\r\nEMAIL:${name.toLowerCase()}@example.com\r\nEND:VCARD\r\n`;
  }).join("");

async function chooseFile(page: Page, count: number): Promise<void> {
  await page.getByRole("button", { name: "Import, export" }).click();
  const file = { name: "contacts.vcf", mimeType: "text/vcard", buffer: Buffer.from(cards(count)) };
  await page.getByLabel("Import a file").setInputFiles(file);
}

const status = (page: Page, hasText: RegExp) => page.locator(".shell__top .owl-status", { hasText });

test("the server is killed in mid-sync: everything arrives once it is back", async () => {
  const server = await ownServer();
  const person = newPerson();
  const { page } = await stage.device({}, server.url);
  await signUp(page, person);
  await chooseFile(page, 1500);
  await status(page, /^Syncing/).waitFor();
  await server.kill();
  await page.getByText("1,500 added").waitFor();
  await page.keyboard.press("Escape");
  await addContact(page, "Written while it was away");
  await status(page, /^Offline/).waitFor({ timeout: 60_000 });
  await server.restart();
  await page.goto("/sync");
  await page.getByRole("button", { name: "Sync now" }).click();
  await upToDate(page);
  const { page: other } = await stage.device({}, server.url);
  await signIn(other, person);
  await other.getByText("1,501 contacts").waitFor({ timeout: 60_000 });
});

test("a server that lost everything gets the account and its records back from a device", async () => {
  const server = await ownServer();
  const person = newPerson();
  const { page } = await stage.device({}, server.url);
  const recoveryKey = await signUp(page, person);
  for (const name of ["Ada Lovelace", "Cahit Arf"]) await addContact(page, name);
  await upToDate(page);
  await server.restartEmpty();
  await page.goto("/sync");
  await page.getByRole("button", { name: "Does the server not know the account any more?" }).click();
  const form = page.getByRole("form", { name: "Make the account again" });
  await form.getByLabel("Password", { exact: true }).fill(person.password);
  await form.getByLabel("Recovery key").fill(recoveryKey);
  await form.getByRole("button", { name: "Make the account again" }).click();
  await form.waitFor({ state: "detached" });
  await page.getByRole("button", { name: /^Look at it\s*2 conflicts in Contacts$/ }).click();
  await page.getByText("The server had lost 2 records, which were sent again.").waitFor();
  await page.getByRole("button", { name: "Keep them all" }).click();
  await upToDate(page);
  const { page: other } = await stage.device({}, server.url);
  await signIn(other, person);
  await expect.poll(() => contactNames(other)).toEqual(["Ada Lovelace", "Cahit Arf"]);
});

test("a tab closed in mid-import: the next one goes on with the same file", async () => {
  const { page, newTab } = await stage.device();
  await signUp(page, newPerson());
  await chooseFile(page, 5000);
  await page.getByText(/^Writing: [1-9]/).waitFor({ timeout: 60_000 });
  await page.close();
  const next = await newTab("/contacts");
  await next.getByText("The import of contacts.vcf was cut off.").waitFor();
  await next.getByRole("button", { name: "Go on" }).click();
  await next.getByRole("status").filter({ hasText: "added" }).waitFor({ timeout: 120_000 });
  await next.keyboard.press("Escape");
  await next.getByText("5,000 contacts").waitFor();
});

test("ten thousand contacts: imported, found, walked through by keyboard, exported", async () => {
  const { page } = await stage.device();
  await signUp(page, newPerson());
  await chooseFile(page, 10_000);
  await page.getByText("10,000 added").waitFor({ timeout: 180_000 });
  await page.keyboard.press("Escape");
  await page.getByText("10,000 contacts").waitFor();
  expect(await page.locator(".contact-row").count()).toBeLessThan(60);
  await page.getByRole("searchbox").fill("z00025");
  await expect.poll(() => contactNames(page)).toEqual(["Z00025 Person"]);
  await page.getByRole("searchbox").fill("");
  await page.locator(".contact-row").first().focus();
  await page.keyboard.press("End");
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toContain("Z09983 Person");
  await page.keyboard.press("ArrowUp");
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toContain("Z09957 Person");
  await page.getByRole("button", { name: "Import, export" }).click();
  const [file] = await Promise.all([
    page.waitForEvent("download", { timeout: 120_000 }),
    page.getByRole("button", { name: "Export all" }).click(),
  ]);
  expect(file.suggestedFilename()).toBe("contacts.vcf");
  await page.getByText("10,000 contacts exported.").waitFor();
});
