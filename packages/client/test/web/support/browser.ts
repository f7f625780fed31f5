import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { chromium, type Browser, type BrowserContext, type CDPSession, type Page } from "playwright-core";
import { onTestFinished } from "vitest";

/** Pages that share storage, like tabs. */
export interface TestDevice {
  openPage(url: string): Promise<Page>;
  /** All its pages lose the network, or have it again. */
  setOffline(offline: boolean): Promise<void>;
}

/** A real Chromium on a profile that survives it. */
export interface TestBrowser extends TestDevice {
  /** A device of its own: it shares nothing with the others, and is gone with the browser. */
  otherDevice(): Promise<TestDevice>;
  /** The DevTools protocol, of one page. */
  devTools(page: Page): Promise<CDPSession>;
  /** SIGKILL to all its processes. */
  kill(): Promise<void>;
}

/** Has something done at the end of the test, or of whatever a browser is shared by; the last first. */
export type AtEnd = (work: () => void | Promise<void>) => void;

/** Ends with the test. What a page throws and nobody catches, and what it says is an error, fails the test. */
export async function startBrowser(profile: string, atEnd: AtEnd = onTestFinished): Promise<TestBrowser> {
  const process = launch(profile);
  atEnd(() => killGroup(process));
  const browser = await chromium.connectOverCDP(await devToolsAddress(process));
  atEnd(() => browser.close());
  const complaints: string[] = [];
  atEnd(() => {
    if (complaints.length > 0) throw new Error(`in the page:\n${complaints.join("\n")}`);
  });
  const context = onlyContext(browser);
  return {
    ...deviceOf(context, complaints),
    otherDevice: async () => deviceOf(await browser.newContext(), complaints),
    devTools: (page) => context.newCDPSession(page),
    kill: () => killGroup(process),
  };
}

function deviceOf(context: BrowserContext, complaints: string[]): TestDevice {
  return {
    async openPage(url) {
      const page = await context.newPage();
      page.on("pageerror", (error) => complaints.push(error.stack ?? error.message));
      page.on("console", (message) => {
        // Chromium itself says so of every request that fails, which is what networks do.
        const isRequest = message.text().startsWith("Failed to load resource: ");
        if (message.type() === "error" && !isRequest) complaints.push(message.text());
      });
      await page.goto(url);
      return page;
    },
    setOffline: (offline) => context.setOffline(offline),
  };
}

/** An empty profile, removed after the test. */
export async function newProfile(atEnd: AtEnd = onTestFinished): Promise<string> {
  const profile = await mkdtemp(join(tmpdir(), "owlivion-profile-"));
  atEnd(() => rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));
  return profile;
}

function findChromium(): string {
  const usual = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
  const named = process.env["CHROMIUM_PATH"];
  const found = (named === undefined ? usual : [named]).find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new Error("These tests need Chromium: apt-get install chromium, or set CHROMIUM_PATH to where it is.");
}

function launch(profile: string): ChildProcess {
  const args = [
    "--headless=new",
    "--no-first-run",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    // Tabs that nobody looks at work like the others.
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows",
    "--remote-debugging-port=0",
    `--user-data-dir=${profile}`,
    "about:blank",
  ];
  // Its sandbox refuses to run as root, as containers do.
  if (process.getuid?.() === 0) args.unshift("--no-sandbox");
  // A group of its own, so that all its processes can be killed at once.
  return spawn(findChromium(), args, { detached: true, stdio: ["ignore", "ignore", "pipe"] });
}

async function devToolsAddress(browser: ChildProcess): Promise<string> {
  if (browser.stderr === null) throw new Error("Chromium's output is not read");
  const said: string[] = [];
  for await (const line of createInterface({ input: browser.stderr })) {
    const address = /^DevTools listening on (ws:\S+)/.exec(line)?.[1];
    if (address !== undefined) {
      browser.stderr.resume();
      return address;
    }
    said.push(line);
  }
  throw new Error(`Chromium did not start:\n${said.slice(-20).join("\n")}`);
}

function onlyContext(browser: Browser): BrowserContext {
  const [context] = browser.contexts();
  if (context === undefined) throw new Error("Chromium has no default context");
  return context;
}

async function killGroup(browser: ChildProcess): Promise<void> {
  if (browser.pid === undefined || browser.exitCode !== null || browser.signalCode !== null) return;
  const exited = once(browser, "exit");
  process.kill(-browser.pid, "SIGKILL");
  await exited;
}
