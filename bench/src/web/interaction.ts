// npm run bench:interaction: from a key or a click to the next frame, in the web app with 10,000 contacts, in a real browser on the
// real server. Prints the longest, as the browser's own event timing tells it; beside it what was done.
import type { Page } from "playwright-core";
import { generateVcards } from "../../../apps/cli/src/demo/generate-contacts.ts";
import { newDevice, startChromium } from "../../../tests/e2e/src/support/browser.ts";
import { newPerson, signUp, upToDate } from "../../../tests/e2e/src/support/person.ts";
import { startWebServer } from "../../../tests/e2e/src/support/web-server.ts";

const contacts = 10_000;

interface Timing {
  readonly name: string;
  readonly ms: number;
}

const server = await startWebServer({ LOG_LEVEL: "error" });
const browser = await startChromium();
try {
  const { page } = await newDevice(browser, server.url, { viewport: { width: 1280, height: 800 } });
  await signUp(page, newPerson());
  await page.getByRole("button", { name: "Import, export" }).click();
  const buffer = Buffer.from([...generateVcards(contacts, 7, "4.0")].join(""));
  await page.getByLabel("Import a file").setInputFiles({ name: "contacts.vcf", mimeType: "text/vcard", buffer });
  await page.getByText(/added,/).waitFor({ timeout: 300_000 });
  await page.keyboard.press("Escape");
  await upToDate(page);
  await measure(page, "typing a search", async () => {
    for (const query of ["a", "ada", "müdür", "zz"]) {
      await page.getByRole("searchbox").pressSequentially(query, { delay: 80 });
      await page.getByRole("searchbox").fill("");
    }
  });
  await measure(page, "walking by keyboard", async () => {
    await page.locator(".contact-row").first().focus();
    for (let i = 0; i < 30; i++) await page.keyboard.press("ArrowDown", { delay: 20 });
    for (const key of ["End", "Home"]) await page.keyboard.press(key, { delay: 50 });
  });
  await measure(page, "opening contacts", async () => {
    for (let i = 0; i < 8; i++) {
      await page.locator(".contact-row").nth(i).click();
      await page.waitForTimeout(200);
    }
  });
  await measure(page, "editing one", async () => {
    await page.getByRole("button", { name: "Edit" }).click();
    await page.getByLabel("Company").pressSequentially(" and more", { delay: 40 });
    await page.getByRole("button", { name: "Save" }).click();
    await page.waitForTimeout(1500);
  });
} finally {
  await browser.close();
  await server.stop();
}

async function measure(page: Page, what: string, work: () => Promise<void>): Promise<void> {
  await page.evaluate(() => {
    const timings: Timing[] = [];
    const observer = new PerformanceObserver((list) => {
      for (const { name, duration } of list.getEntries()) timings.push({ name, ms: duration });
    });
    observer.observe({ type: "event", durationThreshold: 16, buffered: false } as PerformanceObserverInit);
    Object.assign(globalThis, { timings });
  });
  await work();
  await page.waitForTimeout(500);
  const timings = await page.evaluate(() => (globalThis as unknown as { timings: Timing[] }).timings);
  const ms = timings.map((timing) => timing.ms).toSorted((a, b) => b - a);
  const longest = timings.find((timing) => timing.ms === ms[0]);
  console.log(
    `${what.padEnd(20)} longest ${String(ms[0] ?? 0).padStart(4)} ms (${longest?.name ?? "nothing over 16 ms"}), ` +
      `${ms.filter((each) => each > 200).length} of ${ms.length} over 200 ms`,
  );
}
