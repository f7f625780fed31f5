import { memoryStore } from "@owlivion/sync-client/memory";
import { Device } from "./device.ts";
import type { Driver, RemoteDevice } from "./driver.ts";

/** Devices in this process: the SDK's default network, real sockets. */
export const nodeDriver: Driver = {
  name: "node",
  origin: undefined,
  open: async (url) => (await Device.open(url, memoryStore())) as unknown as RemoteDevice,
};
