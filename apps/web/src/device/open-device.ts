import { openSync, type Sync } from "@owlivion/sync-client";
import { indexedDbStore } from "@owlivion/sync-client/indexeddb";

let opened: Promise<Sync> | undefined;

/** This browser's device: one for the page, however often it is asked for. It syncs from then on. */
export function openDevice(): Promise<Sync> {
  opened ??= open();
  return opened;
}

async function open(): Promise<Sync> {
  const sync = await openSync({ url: location.origin, store: indexedDbStore("owlivion"), platform: "web" });
  sync.start();
  return sync;
}
