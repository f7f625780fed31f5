import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface Wire {
  /** From clients to the server, headers included, as compressed as they were. */
  readonly sentBytes: number;
  readonly receivedBytes: number;
}

export interface CountingProxy {
  readonly url: string;
  readonly wire: Wire;
  /** What has passed since this was called last. */
  take(): Wire;
  /** Resolves when the server has sent so many bytes from now on; from then on nothing passes, until `release`. */
  holdAfter(receivedBytes: number): Promise<void>;
  release(): void;
  /** Calls back with every piece that passes, either way. */
  onBytes(listener: (bytes: Buffer) => void): void;
  close(): Promise<void>;
}

/** Stands between the clients and the server, and counts what really passes. */
export async function startCountingProxy(serverPort: number): Promise<CountingProxy> {
  const sockets = new Set<Socket>();
  const wire = { sentBytes: 0, receivedBytes: 0 };
  let taken: Wire = { ...wire };
  let hold: { readonly atBytes: number; readonly reached: () => void } | null = null;
  let onBytes = (_bytes: Buffer): void => {};
  const upstreams = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(serverPort, "127.0.0.1");
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket
        .on("error", () => {})
        .on("close", () => {
          sockets.delete(socket);
          client.destroy();
          upstream.destroy();
        });
    }
    client.on("data", (bytes) => {
      wire.sentBytes += bytes.length;
      onBytes(bytes);
    });
    client.pipe(upstream);
    upstreams.add(upstream);
    upstream.on("close", () => upstreams.delete(upstream));
    upstream.on("data", (bytes) => {
      wire.receivedBytes += bytes.length;
      onBytes(bytes);
      client.write(bytes);
      if (hold === null || wire.receivedBytes < hold.atBytes) return;
      for (const each of upstreams) each.pause();
      hold.reached();
    });
    upstream.on("end", () => client.end());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    wire,
    take() {
      const since = {
        sentBytes: wire.sentBytes - taken.sentBytes,
        receivedBytes: wire.receivedBytes - taken.receivedBytes,
      };
      taken = { ...wire };
      return since;
    },
    holdAfter(receivedBytes) {
      const { promise, resolve } = Promise.withResolvers<void>();
      hold = { atBytes: wire.receivedBytes + receivedBytes, reached: resolve };
      return promise;
    },
    release() {
      hold = null;
      for (const each of upstreams) each.resume();
    },
    onBytes(listener) {
      onBytes = listener;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
