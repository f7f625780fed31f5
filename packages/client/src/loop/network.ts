/** What the platform knows about the network and the app's visibility; a browser tells, Node does not. */
export interface Network {
  /** Calls back when it may be worth trying at once: back online, back in the foreground. */
  onWake(listener: () => void): () => void;
}

/** `online` and `visibilitychange` of a browser; nothing elsewhere. */
export const systemNetwork: Network = {
  onWake(listener) {
    const target = globalThis as Partial<Pick<EventTarget, "addEventListener" | "removeEventListener">>;
    const page = (globalThis as { document?: EventTarget & { visibilityState?: string } }).document;
    const onVisible = (): void => {
      if (page?.visibilityState === "visible") listener();
    };
    if (target.addEventListener === undefined) return () => {};
    target.addEventListener("online", listener);
    page?.addEventListener("visibilitychange", onVisible);
    return () => {
      target.removeEventListener?.("online", listener);
      page?.removeEventListener("visibilitychange", onVisible);
    };
  },
};
