import type { SimReply } from "../server/sim-server.ts";

/** As much of a `Response` as the client looks at; the platform's own costs more than the request. */
export class SimResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: { getReader(): SimReader };

  /** `isCut`: the connection breaks where the body ends. */
  constructor(reply: SimReply, isCut = false) {
    this.status = reply.status;
    this.headers = { get: (name) => reply.headers[name.toLowerCase()] ?? null };
    const chunks = reply.body.length === 0 ? [] : [reply.body];
    this.body = { getReader: () => new ChunkReader(chunks, isCut) };
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }
}

export interface SimReader {
  read(): Promise<{ readonly done: boolean; readonly value: Uint8Array | undefined }>;
  cancel(): Promise<void>;
}

class ChunkReader implements SimReader {
  readonly #chunks: Uint8Array[];
  readonly #isCut: boolean;

  constructor(chunks: readonly Uint8Array[], isCut: boolean) {
    this.#chunks = [...chunks];
    this.#isCut = isCut;
  }

  async read() {
    const value = this.#chunks.shift();
    if (value === undefined && this.#isCut) throw new TypeError("terminated");
    return { done: value === undefined, value };
  }

  async cancel(): Promise<void> {
    this.#chunks.length = 0;
  }
}
