import type { Device } from "./device.ts";

type Awaitable<T> = T extends (...args: infer Args) => infer Result
  ? (...args: Args) => Promise<Awaited<Result>>
  : never;

/** A device as a test sees it, wherever it runs. */
export type RemoteDevice = { readonly [Name in keyof Device]: Awaitable<Device[Name]> };

/** Where devices run. */
export interface Driver {
  readonly name: "node" | "chromium";
  /** The origin of the page; undefined outside of a browser. */
  readonly origin: string | undefined;
  /** A device with an empty store, talking to the server at this address. */
  open(url: string): Promise<RemoteDevice>;
}
