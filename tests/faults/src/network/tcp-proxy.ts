import { createConnection, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Scope } from "../world/scope.ts";

export type Direction = "up" | "down";

/** What is wrong with the link. `up` is from the one who connects to the one who listens. */
export interface LinkFaults {
  /** Each chunk waits so long, one way. */
  readonly latencyMs?: number;
  readonly bytesPerSecond?: number;
  /** Of each chunk: the connection is reset instead. */
  readonly resetChance?: number;
  /** Bytes of these directions vanish, and nobody is told: the connections stay open. */
  readonly swallow?: readonly Direction[];
  /** Bytes of these directions wait until the link is healed, as in a partition that TCP lives through. */
  readonly hold?: readonly Direction[];
  /** New connections are refused, and the open ones were cut. */
  readonly isCut?: boolean;
}

/** Sees each chunk before it goes on. "drop": it does not, and both sides are reset. "pass-and-drop": both sides are reset once it was sent. */
export type Inspect = (chunk: Buffer, direction: Direction, link: Link) => "pass" | "drop" | "pass-and-drop";

export interface Link {
  /** For what an inspector remembers of one connection. */
  readonly notes: Map<string, unknown>;
}

/** A TCP link with a cut switch between two real processes. */
export class TcpProxy {
  targetPort: number;
  faults: LinkFaults = {};
  inspect: Inspect | null = null;
  resets = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(targetPort: number) {
    this.targetPort = targetPort;
    this.#server = createServer({ noDelay: true }, (socket) => this.#connect(socket));
  }

  static async open(scope: Scope, targetPort: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(targetPort);
    await new Promise<void>((resolve, reject) =>
      proxy.#server.once("error", reject).listen(0, "127.0.0.1", () => resolve()),
    );
    scope.defer(() => proxy.close());
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get connections(): number {
    return Math.ceil(this.#sockets.size / 2);
  }

  /** Resets what is open and refuses what comes, until `heal`. */
  cut(): void {
    this.faults = { ...this.faults, isCut: true };
    this.reset();
  }

  heal(): void {
    this.faults = {};
  }

  /** Cuts what is open; new connections are welcome. */
  reset(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    this.reset();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #connect(near: Socket): void {
    if (this.faults.isCut === true) return void near.resetAndDestroy();
    const far = createConnection({ host: "127.0.0.1", port: this.targetPort, noDelay: true });
    const link: Link = { notes: new Map() };
    const end = () => {
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) {
      this.#sockets.add(socket);
      socket.on("error", end).on("close", () => {
        this.#sockets.delete(socket);
        end();
      });
    }
    this.#pipe(near, far, "up", link);
    this.#pipe(far, near, "down", link);
  }

  #pipe(from: Socket, to: Socket, direction: Direction, link: Link): void {
    let freeAtMs = 0;
    let last: Promise<void> = Promise.resolve();
    let pending = 0;
    from.on("data", (chunk: Buffer) => {
      const { latencyMs = 0, bytesPerSecond = Infinity, resetChance = 0, swallow = [], hold = [] } = this.faults;
      const verdict = this.inspect?.(chunk, direction, link) ?? "pass";
      if (verdict === "drop" || Math.random() < resetChance) {
        this.resets += 1;
        from.resetAndDestroy();
        to.resetAndDestroy();
        return;
      }
      if (swallow.includes(direction)) return;
      const now = performance.now();
      freeAtMs = Math.max(now, freeAtMs) + (chunk.length / bytesPerSecond) * 1000;
      const waitMs = freeAtMs - now + latencyMs;
      const send = (): void => {
        if (to.destroyed) return;
        to.write(chunk, () => {
          if (verdict !== "pass-and-drop") return;
          this.resets += 1;
          from.resetAndDestroy();
          // What was sent must arrive: an orderly end, not a reset that overtakes it.
          to.end();
        });
      };
      if (waitMs < 1 && pending === 0 && !hold.includes(direction)) return send();
      pending += 1;
      from.pause();
      last = last.then(async () => {
        await sleep(waitMs);
        while (this.faults.hold?.includes(direction) === true && !to.destroyed) await sleep(20);
        send();
        pending -= 1;
        from.resume();
      });
    });
    from.on("end", () => void last.then(() => to.end()));
  }
}
