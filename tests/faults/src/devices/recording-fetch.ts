import { type Acknowledgement, readAcknowledgements } from "./acknowledgement.ts";

type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface RecordingOptions {
  /** Which server gets the request: one of several, as a load balancer would choose. */
  readonly route?: () => string;
  readonly of: () => { readonly accountId: string; readonly deviceId: string } | null;
  readonly onAcknowledged: (acknowledgement: Acknowledgement) => void;
}

/** The real network, where each acknowledgement is noted before the SDK hears of it. */
export function recordingFetch({ route, of, onAcknowledged }: RecordingOptions): Fetch {
  return async (url, init) => {
    const { pathname, search } = new URL(url);
    const target = route === undefined ? url : route() + pathname + search;
    const response = await fetch(target, init);
    const dataType = /^\/api\/v1\/sync\/([a-z0-9_]+)\/delta$/.exec(pathname)?.[1];
    if (init.method !== "POST" || dataType === undefined || response.status !== 200) return response;
    const reply = new Uint8Array(await response.arrayBuffer());
    const device = of();
    if (device !== null) {
      const key = new Headers(init.headers).get("idempotency-key") ?? "";
      for (const each of readAcknowledgements(device, dataType, key, init.body as Uint8Array, reply))
        onAcknowledged(each);
    }
    const headers = new Headers(response.headers);
    headers.delete("content-encoding");
    headers.delete("content-length");
    return new Response(reply, { status: 200, headers });
  };
}
