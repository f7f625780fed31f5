import { existsSync } from "node:fs";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";

/** A device: a browser context of its own, whose pages are its tabs. */
export interface WebDevice {
  readonly context: BrowserContext;
  readonly page: Page;
  newTab(path: string): Promise<Page>;
  /** What pages threw or what a policy refused; a test that leaves something here fails. */
  readonly complaints: readonly string[];
}

export async function startChromium(): Promise<Browser> {
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return await chromium.launch({ executablePath: findChromium(), args: [...args, "--disable-dev-shm-usage"] });
}

export async function newDevice(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<WebDevice> {
  const context = await browser.newContext({ baseURL: url, locale: "en-US", acceptDownloads: true, ...options });
  context.setDefaultTimeout(30_000);
  const complaints: string[] = [];
  context.on("weberror", (error) => complaints.push(error.error().stack ?? String(error.error())));
  context.on("console", (message) => {
    // Chromium itself says so of every request that fails, which is what networks do.
    const isRequest = message.text().startsWith("Failed to load resource: ") || /net::ERR_/.test(message.text());
    if (message.type() === "error" && !isRequest) complaints.push(message.text());
  });
  await context.exposeBinding("tellViolation", (_, violation: string) => void complaints.push(violation));
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      const { tellViolation } = globalThis as unknown as { tellViolation(violation: string): void };
      tellViolation(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
    });
  });
  const page = await context.newPage();
  await page.goto("/");
  return {
    context,
    page,
    complaints,
    async newTab(path) {
      const tab = await context.newPage();
      await tab.goto(path);
      return tab;
    },
  };
}

function findChromium(): string {
  const usual = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
  const named = process.env["CHROMIUM_PATH"];
  const found = (named === undefined ? usual : [named]).find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new Error("These tests need Chromium: apt-get install chromium, or set CHROMIUM_PATH to where it is.");
}
