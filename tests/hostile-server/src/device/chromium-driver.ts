import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { type AtEnd, newProfile, startBrowser } from "../../../../packages/client/test/web/support/browser.ts";
import { servePage } from "../../../../packages/client/test/web/support/page-server.ts";
import type { DevicePage } from "./device-page.ts";
import type { Driver, RemoteDevice } from "./driver.ts";

/** `devicePage` is the one that `device-page.ts` offers. */
declare const devicePage: DevicePage;

/** Devices in one page of a real Chromium, each with an IndexedDB of its own. */
export async function startChromiumDriver(atEnd: AtEnd): Promise<Driver> {
  const app = await servePage(fileURLToPath(new URL("device-page.ts", import.meta.url)), [], atEnd);
  // Every server of the tests has a port of its own.
  app.allowConnections("http://localhost:*");
  const browser = await startBrowser(await newProfile(atEnd), atEnd);
  const page = await browser.openPage(app.url);
  let opened = 0;
  return {
    name: "chromium",
    origin: app.origin,
    async open(url) {
      const name = `device-${(opened += 1)}`;
      await page.evaluate(([name, url]) => devicePage.open(name, url), [name, url] as const);
      return remoteDevice(page, name);
    },
  };
}

function remoteDevice(page: Page, name: string): RemoteDevice {
  const call =
    (method: string) =>
    async (...args: readonly unknown[]): Promise<unknown> => {
      const call = [name, method, args] as const;
      return await page.evaluate(([name, method, args]) => devicePage.call(name, method, args), call);
    };
  return new Proxy({} as RemoteDevice, {
    // Not a promise.
    get: (_, method) => (typeof method === "string" && method !== "then" ? call(method) : undefined),
  });
}
