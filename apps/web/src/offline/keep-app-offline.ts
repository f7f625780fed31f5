import { ownScript } from "../app/trusted-urls.ts";

type Listener = () => void;
const listeners = new Set<Listener>();
let waiting: ServiceWorker | null = null;

/** Keeps the app's files on the device. A newer build waits until the person takes it, so that nothing changes under their hands. */
export function keepAppOffline(): void {
  if (!("serviceWorker" in navigator)) return;
  const { serviceWorker } = navigator;
  const isFirst = serviceWorker.controller === null;
  let isReloading = false;
  serviceWorker.addEventListener("controllerchange", () => {
    if (isFirst || isReloading) return;
    isReloading = true;
    location.reload();
  });
  void register(serviceWorker);
}

async function register(serviceWorker: ServiceWorkerContainer): Promise<void> {
  try {
    const registration = await serviceWorker.register(ownScript("/service-worker.js"), { updateViaCache: "none" });
    const look = (): void => {
      if (registration.waiting === null || serviceWorker.controller === null) return;
      waiting = registration.waiting;
      for (const listener of listeners) listener();
    };
    look();
    registration.addEventListener("updatefound", () => {
      registration.installing?.addEventListener("statechange", look);
    });
  } catch {
    // Private windows and odd browsers have none: the app then needs the network to open.
  }
}

/** Whether a newer build is there; `takeNewBuild` changes to it in all tabs. */
export const newBuild = {
  subscribe(listener: Listener): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  isThere: (): boolean => waiting !== null,
};

export const takeNewBuild = (): void => waiting?.postMessage("take over");
