import { createSecretKey } from "node:crypto";
import {
  type Auth,
  createCursorCodec,
  createDeltaHandlers,
  type DataTypes,
  deriveKeys,
  describeServer,
  loadConfig,
  type Random,
} from "@owlivion/sync-server/handlers";
import { dispatch } from "./dispatch.ts";
import { simHasher, simSecrets } from "./sim-auth.ts";
import { createRoutes } from "./sim-routes.ts";
import { type Announcement, ServerCrashed, type SimReply, type SimRequest } from "./sim-server.ts";
import { createSimTokens } from "./sim-tokens.ts";

// The same for every process of every world, and dear to make.
const keys = deriveKeys(simSecrets);
const tokenKey = createSecretKey(keys.refresh);
const cursors = createCursorCodec(simSecrets);
const config = loadConfig({});

export interface ProcessPorts {
  readonly store: Parameters<typeof createDeltaHandlers>[0]["store"];
  readonly accounts: Auth["accounts"];
  readonly dataTypes: DataTypes;
  readonly random: Random;
  readonly quota: { readonly maxRecords: number; readonly maxBytes: number };
  readonly nowMs: () => number;
  readonly announce: (event: Announcement) => void;
  /** Between a handler's end and its answer. */
  readonly beforeReply: () => Promise<unknown>;
}

/** One server process: the handlers of production, and the requests it is at work on. */
export class RequestServer {
  readonly #ports: ProcessPorts;
  readonly #auth: Auth;
  readonly #routes: ReturnType<typeof createRoutes>;
  readonly #inFlight = new Set<(error: Error) => void>();
  #requests = 0;

  constructor(ports: ProcessPorts) {
    this.#ports = ports;
    this.#auth = createAuth(ports);
    const delta = createDeltaHandlers({
      store: ports.store,
      dataTypes: ports.dataTypes,
      cursors,
      quota: ports.quota,
      onBatch: ({ userId, dataType, batch }, { appliedCount, head }) => {
        if (appliedCount > 0) ports.announce({ userId, dataType, version: head, deviceId: batch.deviceId });
      },
      onDownload: () => {},
    });
    this.#routes = createRoutes(this.#auth, delta, describeServer(config, ports.dataTypes.names));
  }

  async handle(request: SimRequest, limitedSeconds: number | null): Promise<SimReply> {
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => {});
    this.#inFlight.add(reject);
    try {
      return await Promise.race([this.#answer(request, limitedSeconds), promise]);
    } finally {
      this.#inFlight.delete(reject);
    }
  }

  /** No answer reaches anybody any more. */
  end(death: Error): void {
    for (const reject of this.#inFlight) reject(death);
  }

  async #answer(request: SimRequest, limitedSeconds: number | null): Promise<SimReply> {
    const reply =
      limitedSeconds === null ? await dispatch(this.#routes, this.#auth, request, isCrash) : limited(limitedSeconds);
    await this.#ports.beforeReply();
    this.#requests += 1;
    const headers = {
      ...reply.headers,
      date: new Date(this.#ports.nowMs()).toUTCString(),
      "cache-control": "no-store",
      "x-request-id": `sim-${this.#requests}`,
    };
    return { ...reply, headers };
  }
}

function createAuth({ accounts, nowMs, random }: ProcessPorts): Auth {
  return {
    accounts,
    clock: nowMs,
    random,
    hasher: simHasher,
    registration: "open",
    keys,
    tokens: createSimTokens(tokenKey, nowMs, () => random.uuid()),
    log: { warn: () => {} },
    sessionEnded: () => {},
  };
}

function limited(retryAfterSeconds: number): SimReply {
  const text = JSON.stringify({ success: false, error: "Too many requests", code: "RATE_LIMITED" });
  return {
    status: 429,
    headers: { "content-type": "application/json; charset=utf-8", "retry-after": String(retryAfterSeconds) },
    body: Buffer.from(text),
  };
}

const isCrash = (error: unknown): boolean => error instanceof ServerCrashed;
