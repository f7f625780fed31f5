import type { SyncOptions } from "@owlivion/sync-client";

type Platform = NonNullable<SyncOptions["platform"]>;

const platforms: Partial<Record<NodeJS.Platform, Platform>> = {
  linux: "linux",
  darwin: "macos",
  win32: "windows",
  android: "android",
};

export const platformName = (): Platform => platforms[process.platform] ?? "other";
