import type { Browser, BrowserContextOptions } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { newDevice, startChromium, type WebDevice } from "./browser.ts";
import { startWebServer, type WebServer } from "./web-server.ts";

export interface Stage {
  readonly server: WebServer;
  readonly url: string;
  /** Its own storage; closed after the test. What its pages complained of fails the test. */
  device(options?: BrowserContextOptions): Promise<WebDevice>;
}

/** One server and one browser for a test file. */
export function setStage(settings: Readonly<Record<string, string>> = {}): Stage {
  let server: WebServer;
  let browser: Browser;
  let devices: WebDevice[] = [];
  beforeAll(async () => {
    server = await startWebServer(settings);
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
    await server?.stop();
  });
  return {
    get server() {
      return server;
    },
    get url() {
      return server.url;
    },
    async device(options) {
      const device = await newDevice(browser, server.url, options);
      devices.push(device);
      return device;
    },
  };
}
