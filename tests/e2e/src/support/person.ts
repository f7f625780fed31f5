import { randomUUID } from "node:crypto";
import type { Page } from "playwright-core";

export interface Person {
  readonly email: string;
  readonly password: string;
}

export const newPerson = (): Person => ({
  email: `person-${randomUUID()}@example.com`,
  password: "six words that nobody else would take",
});

/** Makes an account as a person does, and answers the recovery key. The device is called what the browser is, unless named. */
export async function signUp(page: Page, person: Person, deviceName?: string): Promise<string> {
  await page.goto("/sign-up");
  await page.getByLabel("E-mail address").fill(person.email);
  await page.getByLabel("New password", { exact: true }).fill(person.password);
  if (deviceName !== undefined) await page.getByLabel("Name of this device").fill(deviceName);
  await page.getByRole("button", { name: "Make an account" }).click();
  const recoveryKey = await keepRecoveryKey(page);
  await page.getByRole("heading", { name: "Contacts", level: 1 }).waitFor();
  return recoveryKey;
}

/** Reads the key that is shown and types the three groups that are asked for. */
export async function keepRecoveryKey(page: Page): Promise<string> {
  const list = page.getByRole("list", { name: "Recovery key" });
  await list.waitFor();
  const groups = await list.locator("code").allTextContents();
  await page.getByRole("button", { name: "I have kept it" }).click();
  for (const field of await page.getByLabel(/^Group \d$/).all()) {
    const label = await field.evaluate((input: HTMLInputElement) => input.labels?.[0]?.textContent ?? "");
    await field.fill(groups[Number(label.replace("Group ", "")) - 1] ?? "");
  }
  await page.getByRole("button", { name: "Continue" }).click();
  return groups.join("-");
}

export async function signIn(page: Page, person: Person, deviceName?: string): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail address").fill(person.email);
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  if (deviceName !== undefined) await page.getByLabel("Name of this device").fill(deviceName);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("heading", { name: "Contacts", level: 1 }).waitFor();
}

export async function addContact(page: Page, name: string, email?: string): Promise<void> {
  await page.getByRole("link", { name: "New contact" }).click();
  await page.getByLabel("Name", { exact: true }).fill(name);
  if (email !== undefined) await page.getByLabel("E-mail addresses").fill(email);
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { name, level: 2 }).waitFor();
}

/** Everything that was written has been accepted. What was written a moment ago is counted a moment later: it says so twice. */
export async function upToDate(page: Page): Promise<void> {
  const status = page.locator(".shell__top .owl-status", { hasText: /^Up to date$/ });
  await status.waitFor({ timeout: 120_000 });
  await page.waitForTimeout(200);
  await status.waitFor({ timeout: 120_000 });
}

/** The list's rows that can be seen. */
export const contactNames = (page: Page): Promise<string[]> => page.locator(".contact-row__name").allTextContents();
