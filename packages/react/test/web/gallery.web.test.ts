import axe from "axe-core";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { newProfile, startBrowser } from "../../../client/test/web/support/browser.ts";
import { serveApp } from "./support/serve-app.ts";

// Whatever a page says is an error fails the test, so that what the policy blocks is noticed too.

const parts = [
  "Status indicator",
  "Status panel",
  "Conflicts",
  "Devices",
  "History",
  "Going back",
  "Settings",
  "Session",
  "Deletions",
  "Integrity",
  "Dialog",
];

async function openGallery(query: Readonly<Record<string, string>>): Promise<Page> {
  const [app, browser] = [await serveApp("gallery/main.tsx"), await startBrowser(await newProfile())];
  const page = await browser.openPage(`${app.origin}/?${new URLSearchParams(query).toString()}`);
  await page.waitForSelector("section");
  return page;
}

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const result = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
    return await axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
      // A gallery shows the same component many times on one page.
      rules: { "landmark-unique": { enabled: false } },
    });
  });
  return result.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}

describe.each(["light", "dark"])("in the %s scheme", (scheme) => {
  test(
    "WCAG 2.2 AA: axe finds nothing in any state of any component, at any width, in both languages",
    { timeout: 240_000 },
    async () => {
      const page = await openGallery({ scheme });
      expect(await page.locator("section[aria-label]").evaluateAll((all) => all.map((each) => each.ariaLabel))).toEqual(
        expect.arrayContaining(parts),
      );
      for (const [width, language] of [
        [1280, "en"],
        [390, "tr"],
      ] as const) {
        await page.setViewportSize({ width, height: 800 });
        await page.goto(`${new URL(page.url()).origin}/?scheme=${scheme}&language=${language}`);
        await page.waitForSelector("section");
        expect(await violations(page)).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
      }
    },
  );

  test("and nothing in dialogs and forms that were opened", { timeout: 120_000 }, async () => {
    const page = await openGallery({ scheme, part: "Conflicts" });
    await page.getByRole("button", { name: "Open the list of conflicts" }).click();
    await page.getByRole("dialog").waitFor();
    expect(await violations(page)).toEqual([]);
    await page.goto(`${new URL(page.url()).origin}/?scheme=${scheme}&part=Devices`);
    await page.getByRole("button", { name: "Sign out" }).first().click();
    await page.getByRole("alertdialog").getByLabel("Password", { exact: true }).fill("a password");
    await page.keyboard.press("Enter");
    await page.getByRole("alertdialog").getByText("cannot be reached").waitFor();
    expect(await violations(page)).toEqual([]);
  });
});

describe("a list of conflicts by keyboard alone", () => {
  /** What has the focus: a button's words, a radio button's label; empty for the dialog itself. */
  const focused = (page: Page): Promise<string> =>
    page.evaluate(() => {
      const { activeElement: element } = document;
      if (element instanceof HTMLInputElement) return element.closest("label")?.innerText ?? "";
      return element instanceof HTMLButtonElement ? element.innerText : "";
    });
  const tabTo = async (page: Page, what: string | RegExp): Promise<void> => {
    for (let i = 0; i < 30; i += 1) {
      const at = await focused(page);
      if (typeof what === "string" ? at === what : what.test(at)) return;
      await page.keyboard.press("Tab");
    }
    throw new Error(`the focus never comes to ${String(what)}`);
  };
  const resolved = async (page: Page): Promise<unknown> =>
    JSON.parse((await page.locator("[data-resolved]").textContent()) ?? "null");

  test(
    "a side by the arrow keys, another field by writing, all of one side, and the end",
    { timeout: 120_000 },
    async () => {
      const page = await openGallery({ part: "Conflicts" });
      await tabTo(page, "Open the list of conflicts");
      await page.keyboard.press("Enter");
      const dialog = page.getByRole("dialog");
      await dialog.waitFor();
      expect(await dialog.textContent()).toContain("1 of 4");

      // What is shown now is the other device's name; one step to the left is this device's.
      await tabTo(page, /Ada King/);
      await page.keyboard.press("ArrowLeft");
      expect(await focused(page)).toContain("Ada Lovelace");
      await tabTo(page, "Resolve");
      await page.keyboard.press("Enter");
      await expect.poll(() => resolved(page)).toBe("local");

      await expect.poll(() => dialog.textContent()).toContain("1 of 3");
      await tabTo(page, /Grace Hopper/);
      await page.keyboard.press("ArrowLeft");
      expect(await focused(page)).toContain("Write it myself");
      await page.keyboard.press("Tab");
      await page.keyboard.press("ControlOrMeta+a");
      await page.keyboard.type("Amazing Grace");
      await tabTo(page, "Resolve");
      await page.keyboard.press("Enter");
      await expect
        .poll(() => resolved(page))
        .toEqual({ fields: { name: "Amazing Grace", favourite: true, birthday: null } });

      await tabTo(page, "Next");
      await page.keyboard.press("Enter");
      expect(await dialog.textContent()).toContain("2 of 2");
      await tabTo(page, "Put my edit over it");
      await page.keyboard.press("Enter");
      await tabTo(page, "Delete the record");
      await page.keyboard.press("Enter");
      await expect.poll(() => resolved(page)).toBe("remote");
      await dialog.waitFor({ state: "hidden" });
      await expect.poll(() => focused(page)).toBe("Open the list of conflicts");
    },
  );

  test("the focus stays inside, and Escape leads back to where it came from", async () => {
    const page = await openGallery({ part: "Conflicts" });
    await tabTo(page, "Open the list of conflicts");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    for (let i = 0; i < 40; i += 1) {
      await page.keyboard.press("Tab");
      expect(
        await page.evaluate(
          () =>
            document.activeElement === document.body ||
            document.querySelector("[role=dialog]")?.parentElement?.contains(document.activeElement),
        ),
      ).toBe(true);
    }
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    await expect.poll(() => focused(page)).toBe("Open the list of conflicts");
  });
});

test("signing up: the recovery key is shown, three groups are asked for, and wrong ones are told", async () => {
  const page = await openGallery({ part: "Session" });
  const state = page.locator('[data-state="sign up"]');
  await state.getByLabel("E-mail address").fill("ada@example.com");
  await state.getByLabel("New password").fill("password1234");
  await state.getByText("One of the first that are tried").waitFor();
  expect(await state.getByRole("button", { name: "Make an account" }).isDisabled()).toBe(true);
  await state.getByLabel("New password").fill("four words nobody guesses");
  await state.getByRole("button", { name: "Make an account" }).click();
  const groups = await state.locator("code").allTextContents();
  expect(groups).toHaveLength(9);
  await state.getByRole("button", { name: "I have kept it" }).click();
  for (const group of [1, 4, 7]) await state.getByLabel(`Group ${group}`).fill("0000");
  await state.getByRole("button", { name: "Continue" }).click();
  await state.getByRole("alert").waitFor();
  for (const group of [1, 4, 7]) await state.getByLabel(`Group ${group}`).fill(groups[group - 1]!.toLowerCase());
  await state.getByRole("button", { name: "Continue" }).click();
  await state.getByRole("button", { name: "Make an account" }).waitFor();
});
