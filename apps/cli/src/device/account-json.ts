import type { Sync } from "@owlivion/sync-client";

/** What `signup`, `login` and `recovery set-password` print. */
export function toAccountJson(sync: Sync, url: string, directory: string): Readonly<Record<string, string | null>> {
  const { account } = sync;
  return {
    account_id: account?.accountId ?? null,
    email: account?.email ?? null,
    device_id: account?.deviceId ?? null,
    device_name: account?.deviceName ?? null,
    url,
    dir: directory,
  };
}
