import { randomUUID } from "node:crypto";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";
import { onTestFinished } from "vitest";
import { startTestServer, type TestServer, type TestServerOptions } from "../../../../server/test/support/server.ts";
import { type SyncedDevice, openDevice, testPassword } from "../../support/people.ts";
import type { Person, SdkPage } from "../pages/sdk-page.ts";
import type { TestDevice } from "./browser.ts";
import { servePage } from "./page-server.ts";

/** `page` is the one that `sdk-page.ts` offers. */
declare const page: SdkPage;

/** An app at one origin, the real server at another, and a person who has no account yet. */
export interface Home {
  readonly server: TestServer;
  /** Of the server. */
  readonly url: string;
  readonly person: Person;
  /** A tab with the app, its store open. */
  openTab(device: TestDevice, options?: { readonly realHash?: boolean }): Promise<Page>;
  /** The same after `reload`. */
  reload(tab: Page): Promise<void>;
  /** A tab of a device that is signed in; the first one signs up. */
  signedInTab(device: TestDevice): Promise<Page>;
  /** A device outside of any browser, signed in: it makes the account when there is none. */
  openNodeDevice(): Promise<SyncedDevice>;
}

export async function startHome(config: TestServerOptions["config"] = {}): Promise<Home> {
  const app = await servePage("sdk-page.ts");
  const server = await startTestServer({ config: { ...config, corsOrigins: [app.origin] } });
  onTestFinished(() => server.close());
  await server.app.listen({ host: "127.0.0.1", port: 0 });
  const url = `http://localhost:${(server.app.server.address() as AddressInfo).port}`;
  app.allowConnections(url);
  const person = { email: `person-${randomUUID()}@example.com`, password: testPassword };
  let hasAccount = false;

  const open = (tab: Page, realHash: boolean): Promise<void> =>
    tab.evaluate(([url, realHash]) => page.open(url, { realHash }), [url, realHash] as const);
  const openTab: Home["openTab"] = async (device, { realHash = false } = {}) => {
    const tab = await device.openPage(app.url);
    await open(tab, realHash);
    return tab;
  };
  return {
    server,
    url,
    person,
    openTab,
    async reload(tab) {
      await tab.reload();
      await open(tab, false);
    },
    async signedInTab(device) {
      const tab = await openTab(device);
      if (hasAccount) await tab.evaluate((person) => page.sync.signIn(person), person);
      else await tab.evaluate((person) => page.signUp(person), person);
      hasAccount = true;
      return tab;
    },
    async openNodeDevice() {
      const device = await openDevice(server.app);
      onTestFinished(() => device.sync.close());
      const confirmRecoveryKey = async (shown: { recoveryKey: string; askedGroups: readonly number[] }) =>
        shown.askedGroups.map((group) => shown.recoveryKey.split("-")[group - 1]!);
      if (hasAccount) await device.sync.signIn(person);
      else await device.sync.signUp({ ...person, confirmRecoveryKey });
      hasAccount = true;
      return device;
    },
  };
}
