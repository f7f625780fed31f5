import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { addContact, contactNames, newPerson, signIn, signUp, upToDate } from "./support/person.ts";
import { setStage } from "./support/stage.ts";

const stage = setStage();

/** Both signed in and looking at the contacts. */
async function twoDevices() {
  const person = newPerson();
  const laptop = await stage.device();
  await signUp(laptop.page, person, "Ada’s laptop");
  const phone = await stage.device({ viewport: { width: 390, height: 844 } });
  await signIn(phone.page, person);
  return { person, laptop, phone };
}

const stopped = (page: Page) => page.locator(".shell__top .owl-status", { hasText: "Sync stopped" });

test("what one device writes is on the other at once, and two tabs agree", async () => {
  const { laptop, phone } = await twoDevices();
  const tab = await laptop.newTab("/contacts");
  await addContact(laptop.page, "Ada Lovelace", "ada@example.com");
  for (const page of [phone.page, tab]) await expect.poll(() => contactNames(page)).toEqual(["Ada Lovelace"]);
  await phone.page.getByRole("link", { name: "Ada Lovelace" }).click();
  await phone.page.getByRole("button", { name: "Edit" }).click();
  await phone.page.getByLabel("Company").fill("Analytical Engines");
  await phone.page.getByRole("button", { name: "Save" }).click();
  await laptop.page.getByText("Analytical Engines").first().waitFor();
  await tab.getByRole("link", { name: "Ada Lovelace" }).click();
  await tab.getByText("Analytical Engines").first().waitFor();
});

test("offline edits on both: what does not clash merges, what does is decided by keyboard", async () => {
  const { laptop, phone } = await twoDevices();
  await addContact(laptop.page, "Ada Lovelace");
  await expect.poll(() => contactNames(phone.page)).toEqual(["Ada Lovelace"]);
  await upToDate(laptop.page);
  for (const device of [laptop, phone]) await device.context.setOffline(true);
  const edit = async (page: Page, fields: Record<string, string>) => {
    const row = page.getByRole("link", { name: "Ada Lovelace" });
    if (await row.isVisible()) await row.click();
    await page.getByRole("button", { name: "Edit" }).click();
    for (const [label, value] of Object.entries(fields)) await page.getByLabel(label).fill(value);
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Not sent yet.").waitFor();
  };
  await edit(laptop.page, { Company: "Analytical Engines", Nickname: "Countess" });
  await edit(phone.page, { Company: "Babbage & Co", Title: "Programmer" });
  await laptop.context.setOffline(false);
  await upToDate(laptop.page);
  await phone.context.setOffline(false);
  await phone.page.getByText("Two devices changed this differently.").waitFor();

  // By keyboard alone: to the conflict's link, to its button, and on.
  const { page } = phone;
  await page.getByText("Two devices changed this differently.").getByRole("link").focus();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Conflicts", level: 1 }).waitFor();
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe("H1");
  const panel = page.getByRole("region", { name: "Ada Lovelace" });
  expect(await panel.getByRole("group", { name: "Company" }).textContent()).toMatch(
    /Babbage & Co.*Analytical Engines/s,
  );
  for (const button of ["All from this device", "Resolve"]) {
    for (let step = 0; step < 30; step++) {
      if ((await page.evaluate(() => document.activeElement?.textContent)) === button) break;
      await page.keyboard.press("Tab");
    }
    await page.keyboard.press("Enter");
  }
  await page.getByText("Nothing clashes.").waitFor();
  for (const shown of ["Babbage & Co", "Programmer", "Countess"]) await laptop.page.getByText(shown).first().waitFor();
});

test("a revoked device is locked out on its next request", async () => {
  const { person, laptop, phone } = await twoDevices();
  await addContact(laptop.page, "Ada Lovelace");
  await expect.poll(() => contactNames(phone.page)).toEqual(["Ada Lovelace"]);
  await laptop.page.getByRole("link", { name: "Devices" }).click();
  await laptop.page.getByText("Ada’s laptop").waitFor();
  await laptop.page.getByRole("button", { name: "Sign out Chrome, Linux" }).click();
  const dialog = laptop.page.getByRole("alertdialog");
  await dialog.getByLabel("Password", { exact: true }).fill("not the password");
  await dialog.getByRole("button", { name: "Sign out" }).click();
  await dialog.getByRole("alert").waitFor();
  await dialog.getByLabel("Password", { exact: true }).fill(person.password);
  await dialog.getByRole("button", { name: "Sign out" }).click();
  await dialog.waitFor({ state: "detached" });
  await stopped(phone.page).click();
  await phone.page.getByText("This device’s session was ended elsewhere").waitFor();
});

test("a password that was changed elsewhere is asked for, and nothing is lost meanwhile", async () => {
  const { person, laptop, phone } = await twoDevices();
  const password = "another six words nobody would take";
  await laptop.page.getByRole("link", { name: "Security" }).click();
  const form = laptop.page.getByRole("form", { name: "Password" });
  await form.getByLabel("Password", { exact: true }).fill(person.password);
  await form.getByLabel("New password", { exact: true }).fill(password);
  await form.getByRole("button", { name: "Change it" }).click();
  await laptop.page.getByText("The password is changed.").waitFor();
  await addContact(phone.page, "Written meanwhile");
  await stopped(phone.page).click();
  await phone.page.getByLabel("Password", { exact: true }).fill(password);
  await phone.page.getByRole("button", { name: "Sign in", exact: true }).click();
  await upToDate(phone.page);
  await laptop.page.getByRole("link", { name: "Contacts" }).first().click();
  await expect.poll(() => contactNames(laptop.page)).toEqual(["Written meanwhile"]);
});
