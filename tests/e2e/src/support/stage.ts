import type { Browser, BrowserContextOptions } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, inject, onTestFinished } from "vitest";
import { newDevice, startChromium, type WebDevice } from "./browser.ts";
import { startWebServer, type WebServer } from "./web-server.ts";

export interface Stage {
  /** Of the server that all tests share. */
  readonly url: string;
  /** Its own storage; closed after the test. What its pages complained of fails the test. */
  device(options?: BrowserContextOptions, url?: string): Promise<WebDevice>;
}

/** One browser for a test file. */
export function setStage(): Stage {
  const sharedUrl = inject("sharedServerUrl");
  let browser: Browser;
  let devices: WebDevice[] = [];
  beforeAll(async () => {
    browser = await startChromium();
  });
  afterEach(async () => {
    const ended = devices;
    devices = [];
    await Promise.all(ended.map(({ context }) => context.close()));
    expect(ended.flatMap(({ complaints }) => complaints)).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
  });
  return {
    url: sharedUrl,
    async device(options, url = sharedUrl) {
      const device = await newDevice(browser, url, options);
      devices.push(device);
      return device;
    },
  };
}

/** For a test that stops it. */
export async function ownServer(): Promise<WebServer> {
  const server = await startWebServer();
  onTestFinished(() => server.stop());
  return server;
}
