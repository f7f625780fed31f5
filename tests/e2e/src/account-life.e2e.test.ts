import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { addContact, contactNames, keepRecoveryKey, newPerson, signIn, upToDate } from "./support/person.ts";
import { setStage } from "./support/stage.ts";

const stage = setStage();

test("the whole life of an account", async () => {
  const person = newPerson();
  const { page } = await stage.device();

  // Signing up: who did not keep the recovery key gets no account.
  await page.goto("/sign-up");
  await page.getByLabel("E-mail address").fill(person.email);
  await page.getByLabel("New password", { exact: true }).fill("short");
  await page.getByText("Too short").first().waitFor();
  expect(await page.getByRole("button", { name: "Make an account" }).isDisabled()).toBe(true);
  await page.getByLabel("New password", { exact: true }).fill(person.password);
  await page.getByRole("button", { name: "Make an account" }).click();
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download" }).click(),
  ]);
  const shown = (await page.getByRole("list", { name: "Recovery key" }).locator("code").allTextContents()).join("-");
  expect(await readFile(await file.path(), "utf8")).toContain(shown);
  await page.getByRole("button", { name: "I have kept it" }).click();
  for (const field of await page.getByLabel(/^Group \d$/).all()) await field.fill("AAAA");
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByText("They do not agree with the key.").waitFor();
  await page.getByRole("button", { name: "Show the key again" }).click();
  const recoveryKey = await keepRecoveryKey(page);
  expect(recoveryKey).toBe(shown);
  await page.getByRole("heading", { name: "Contacts", level: 1 }).waitFor();

  // Records: made, changed, brought back from their history.
  await addContact(page, "Ada Lovelace", "ada@example.com");
  await page.getByText("Not sent yet.").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Edit" }).click();
  await page.getByLabel("Company").fill("Analytical Engines");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Analytical Engines").first().waitFor();
  await page.getByText("Not sent yet.").waitFor({ state: "detached" });
  await page.getByRole("link", { name: "History" }).click();
  await page.getByRole("button", { name: /^Restore/ }).click();
  await page.getByText("Restored, as a new edit.").waitFor();
  await page.getByRole("link", { name: "Back", exact: true }).click();
  await page.getByRole("heading", { name: "Ada Lovelace", level: 2 }).waitFor();
  await expect.poll(() => page.getByText("Analytical Engines").count()).toBe(0);
  await upToDate(page);

  // Back to a time before it was there, and back again.
  const history = page.url().replace("/contacts/", "/past/contacts/");
  await page.getByRole("link", { name: "Go back" }).click();
  await page.getByRole("button", { name: "An hour ago" }).click();
  await page.getByRole("button", { name: "Show what would change" }).click();
  await page.getByText("1 is removed").waitFor();
  await page.getByRole("button", { name: "Change 1 record" }).click();
  await page.getByText("1 record is as it was.").waitFor();
  await page.getByRole("link", { name: "Contacts" }).first().click();
  await page.getByText("No contacts yet").waitFor();
  await upToDate(page);
  await page.goto(history);
  await page
    .getByRole("button", { name: /^Restore/ })
    .first()
    .click();
  await page.getByText("Restored, as a new edit.").waitFor();
  await page.getByRole("link", { name: "Contacts" }).first().click();
  await expect.poll(() => contactNames(page)).toEqual(["Ada Lovelace"]);

  // Locked, and opened with the password only.
  await page.getByRole("link", { name: "Security" }).click();
  await page.getByRole("button", { name: "Lock", exact: true }).click();
  await page.getByRole("heading", { name: "Unlock" }).waitFor();
  await page.getByLabel("Password", { exact: true }).fill("a wrong password");
  await page.getByRole("button", { name: "Unlock" }).click();
  await page.getByText("The password is wrong.").waitFor();
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await page.getByRole("button", { name: "Unlock" }).click();

  // A new password.
  const password = "another six words nobody would take";
  await page.getByRole("heading", { name: "Security", level: 1 }).waitFor();
  const form = page.getByRole("form", { name: "Password" });
  await form.getByLabel("Password", { exact: true }).fill(person.password);
  await form.getByLabel("New password", { exact: true }).fill(password);
  await form.getByRole("button", { name: "Change it" }).click();
  await page.getByText("The password is changed.").waitFor();

  // An export that only its password opens.
  const everything = page.getByRole("form", { name: "Everything as a file" });
  const [plain] = await Promise.all([
    page.waitForEvent("download"),
    everything.getByRole("button", { name: "Export", exact: true }).click(),
  ]);
  expect(await readFile(await plain.path(), "utf8")).toContain("Ada Lovelace");

  // Signed out, and in again with the new password alone.
  await page.getByRole("form", { name: "This device" }).getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.getByLabel("E-mail address").fill(person.email);
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("alert").waitFor();
  await signIn(page, { ...person, password });
  await expect.poll(() => contactNames(page)).toEqual(["Ada Lovelace"]);

  // Forgotten: another browser, and the recovery key.
  const { page: other } = await stage.device();
  const recovered = "yet another six words for everyone";
  await other.goto("/recover");
  await other.getByLabel("E-mail address").fill(person.email);
  await other.getByLabel("Recovery key").fill(recoveryKey);
  await other.getByLabel("New password", { exact: true }).fill(recovered);
  await other.getByRole("button", { name: "Set the new password" }).click();
  expect(await keepRecoveryKey(other)).not.toBe(recoveryKey);
  await expect.poll(() => contactNames(other)).toEqual(["Ada Lovelace"]);

  // Erased.
  await other.getByRole("link", { name: "Security" }).click();
  const erase = other.getByRole("form", { name: "Delete the account" });
  await erase.getByLabel("Password", { exact: true }).fill(recovered);
  await erase.getByRole("button", { name: "Delete the account" }).click();
  await other.getByRole("alertdialog").getByRole("button", { name: "Delete the account" }).click();
  await other.getByRole("heading", { name: "Sign in" }).waitFor();
  await other.getByLabel("E-mail address").fill(person.email);
  await other.getByLabel("Password", { exact: true }).fill(recovered);
  await other.getByRole("button", { name: "Sign in", exact: true }).click();
  await other.getByRole("alert").waitFor();
});
