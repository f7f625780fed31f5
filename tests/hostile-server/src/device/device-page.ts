import { indexedDbStore } from "@owlivion/sync-client/indexeddb";
import { Device } from "./device.ts";

/** What a test calls in a page: devices by name, each with a database of its own. */
export interface DevicePage {
  open(name: string, url: string): Promise<void>;
  call(name: string, method: string, args: readonly unknown[]): Promise<unknown>;
}

const devices = new Map<string, Device>();

const devicePage: DevicePage = {
  async open(name, url) {
    devices.set(name, await Device.open(url, indexedDbStore(name)));
  },
  async call(name, method, args) {
    const device = devices.get(name) as unknown as Record<string, (...args: readonly unknown[]) => unknown>;
    return await device[method]!(...args);
  },
};

Object.assign(globalThis, { devicePage });
