/// <reference lib="webworker" />
/** `build` is written before this file by build/precache-list.ts. */
const worker = globalThis as unknown as ServiceWorkerGlobalScope & {
  readonly build: { readonly id: string; readonly paths: string[] };
};

/**
 * Keeps the app's own files, so that it opens without a network. Data is not its business: that is in IndexedDB, and requests to
 * the API pass by untouched.
 *
 *   install:  every file of this build into a cache of its own, or none
 *   activate: older builds go, once no tab runs them any more
 *   fetch:    files of this build from the cache, every screen is the one page
 */
const cacheName = `app-${worker.build.id}`;
const paths = new Set(worker.build.paths);

worker.addEventListener("install", (event) => {
  const requests = worker.build.paths.map((path) => new Request(path, { cache: "no-cache" }));
  event.waitUntil(caches.open(cacheName).then((cache) => cache.addAll(requests)));
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(removeOtherBuilds().then(() => worker.clients.claim()));
});

worker.addEventListener("message", ({ data }) => {
  if (data === "take over") void worker.skipWaiting();
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== worker.location.origin) return;
  if (paths.has(pathname)) event.respondWith(fromCache(pathname, request));
  else if (request.mode === "navigate" && isScreen(pathname)) event.respondWith(fromCache("/", request));
});

const isScreen = (path: string): boolean => !/^\/(?:api|health|metrics|docs|admin)(?:\/|$)/.test(path);

async function fromCache(path: string, request: Request): Promise<Response> {
  return (await caches.match(path, { cacheName })) ?? (await fetch(request));
}

async function removeOtherBuilds(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== cacheName).map((name) => caches.delete(name)));
}
