import type { Loaded, RemoteDevice } from "@owlivion/sync-client";
import { useSync, useViews } from "../provider/sync-provider.tsx";
import { useLive } from "./use-live.ts";

export interface DevicesState extends Loaded<readonly RemoteDevice[]> {
  refresh(): Promise<void>;
  /** Ends the device's session; takes the account's password. */
  revoke(deviceId: string, password: string): Promise<void>;
}

/** The account's devices, as the server knows them. */
export function useDevices(): DevicesState {
  const sync = useSync();
  const { devices } = useViews();
  return {
    ...useLive(devices),
    refresh: devices.refresh,
    async revoke(deviceId, password) {
      await sync.revokeDevice(deviceId, { password });
      await devices.refresh();
    },
  };
}
