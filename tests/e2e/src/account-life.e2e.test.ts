import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { addContact, contactNames, keepRecoveryKey, newPerson, signIn, signUp } from "./support/person.ts";
import { setStage } from "./support/stage.ts";

const stage = setStage();

test("the whole life of an account", async () => {
  const person = newPerson();
  const { page } = await stage.device();

  // Signing up: who did not keep the recovery key gets no account.
  await page.goto("/sign-up");
  await page.getByLabel("E-mail").fill(person.email);
  await page.getByLabel("New password").fill("short");
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("alert").filter({ hasText: "would be guessed" }).waitFor();
  await page.getByLabel("New password").fill(person.password);
  await page.getByRole("button", { name: "Continue" }).click();
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download" }).click(),
  ]);
  const shown = (await page.locator(".recovery-key code").allTextContents()).join("-");
  expect(await readFile(await file.path(), "utf8")).toContain(shown);
  await page.getByRole("button", { name: "I have kept it" }).click();
  for (const field of await page.getByLabel(/^Group \d$/).all()) await field.fill("AAAA");
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByText("This is another one.").first().waitFor();
  await page.getByRole("button", { name: "Show the key again" }).click();
  const recoveryKey = await keepRecoveryKey(page);
  expect(recoveryKey).toBe(shown);
  await page.getByRole("heading", { name: "Contacts", level: 1 }).waitFor();

  // Records: made, changed, gone, brought back.
  await addContact(page, "Ada Lovelace", "ada@example.com");
  await page.getByRole("button", { name: "Edit" }).click();
  await page.getByLabel("Company").fill("Analytical Engines");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Analytical Engines").waitFor();
  await expect.poll(() => page.locator(".status-line").textContent()).toBe("Up to date");
  await page.getByRole("link", { name: "History" }).click();
  await page.getByRole("button", { name: "Bring this back" }).click();
  await page.getByText("It is as it was then").waitFor();
  await page.getByRole("link", { name: "Back", exact: true }).click();
  await page.getByRole("heading", { name: "Ada Lovelace", level: 2 }).waitFor();
  await expect.poll(() => page.getByText("Analytical Engines").count()).toBe(0);
  const before = new Date(Date.now() + 1000);
  await page.waitForTimeout(2000);
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  await page.getByText("No contacts yet").waitFor();
  await expect.poll(() => page.locator(".status-line").textContent()).toBe("Up to date");
  await page.getByRole("link", { name: "Go back" }).click();
  await page.getByLabel("When").fill(before.toISOString().slice(0, 19));
  await page.getByRole("button", { name: "Show what would change" }).click();
  await page.getByRole("heading", { name: "1 record would change" }).waitFor();
  await page.getByRole("button", { name: "Go back to this" }).click();
  await page.getByText("1 restored").waitFor();
  await page.getByRole("link", { name: "Contacts" }).first().click();
  await expect.poll(() => contactNames(page)).toEqual(["Ada Lovelace"]);

  // Locked, and opened with the password only.
  await page.getByRole("link", { name: "Security" }).click();
  await page.getByRole("button", { name: "Lock", exact: true }).click();
  await page.getByRole("heading", { name: "Unlock" }).waitFor();
  await page.getByLabel("Password").fill("a wrong password");
  await page.getByRole("button", { name: "Unlock" }).click();
  await page.getByText("The password is wrong.").waitFor();
  await page.getByLabel("Password").fill(person.password);
  await page.getByRole("button", { name: "Unlock" }).click();

  // A new password.
  const password = "another six words nobody would take";
  await page.getByRole("heading", { name: "Security", level: 1 }).waitFor();
  const form = page.getByRole("form", { name: "Password" });
  await form.getByLabel("Password", { exact: true }).fill(person.password);
  await form.getByLabel("New password").fill(password);
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
  await page.getByLabel("E-mail").fill(person.email);
  await page.getByLabel("Password").fill(person.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").waitFor();
  await signIn(page, { ...person, password });
  await expect.poll(() => contactNames(page)).toEqual(["Ada Lovelace"]);

  // Forgotten: another browser, and the recovery key.
  const { page: other } = await stage.device();
  const recovered = "yet another six words for everyone";
  await other.goto("/recover");
  await other.getByLabel("E-mail").fill(person.email);
  await other.getByLabel("Recovery key").fill(recoveryKey);
  await other.getByLabel("New password").fill(recovered);
  await other.getByRole("button", { name: "Continue" }).click();
  expect(await keepRecoveryKey(other)).not.toBe(recoveryKey);
  await expect.poll(() => contactNames(other)).toEqual(["Ada Lovelace"]);

  // Erased.
  await other.getByRole("link", { name: "Security" }).click();
  const erase = other.getByRole("form", { name: "Delete the account" });
  await erase.getByLabel("Password").fill(recovered);
  await erase.getByRole("button", { name: "Delete the account" }).click();
  await other.getByRole("alertdialog").getByRole("button", { name: "Delete the account" }).click();
  await other.getByRole("heading", { name: "Sign in" }).waitFor();
  await other.getByLabel("E-mail").fill(person.email);
  await other.getByLabel("Password").fill(recovered);
  await other.getByRole("button", { name: "Sign in" }).click();
  await other.getByText("The e-mail address or the password is wrong.").waitFor();
});
