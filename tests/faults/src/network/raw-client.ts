import { createHash, randomBytes, randomUUID } from "node:crypto";

export interface RawReply<Data = Record<string, unknown>> {
  readonly status: number;
  readonly code: string | null;
  readonly data: Data | null;
  readonly retryAfter: string | null;
}

export interface RawChange {
  readonly id: string;
  readonly text: string;
  readonly kind?: "insert" | "update" | "delete";
  readonly base?: number;
  readonly clientTimestamp?: string;
}

export interface PushData {
  readonly version: number;
  readonly epoch: string;
  readonly synced_at: string;
  readonly next_cursor?: string;
  readonly results: readonly { record_id: string; status: string; version?: number; changed_at?: string }[];
}

export interface PageData {
  readonly changes: readonly { record_id: string; version: number; changed_at: string; encrypted_record: string }[];
  readonly deleted: readonly { record_id: string; version: number }[];
  readonly pagination: { readonly has_more: boolean; readonly next_offset?: number };
  readonly next_cursor: string;
  readonly next_since?: string;
  readonly epoch: string;
}

/** The wire itself, for what an SDK would never send: an account of the plain kind, any bytes, any number at once. */
export class RawClient {
  readonly #url: string;
  readonly #deviceId = randomUUID();
  #token = "";

  private constructor(url: string) {
    this.#url = url;
  }

  static async register(url: string): Promise<RawClient> {
    const client = new RawClient(url);
    const email = `raw-${randomUUID()}@example.com`;
    const body = { email, password: "a secret of the faults suite", device_id: client.#deviceId };
    const { data, status, code } = await client.call<{ tokens: { access_token: string } }>("POST", "/auth/register", {
      body,
    });
    if (data === null) throw new Error(`registering answered ${status} ${code}`);
    client.#token = data.tokens.access_token;
    return client;
  }

  get headers(): Record<string, string> {
    return this.#token === "" ? {} : { authorization: `Bearer ${this.#token}` };
  }

  async call<Data>(
    method: "GET" | "POST",
    path: string,
    { body, headers = {}, signal }: { body?: object; headers?: Record<string, string>; signal?: AbortSignal } = {},
  ): Promise<RawReply<Data>> {
    const response = await fetch(`${this.#url}/api/v1${path}`, {
      method,
      headers: { ...this.headers, ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: signal ?? AbortSignal.timeout(120_000),
    });
    const json = (await response.json()) as { data?: Data; code?: string };
    const { status } = response;
    return {
      status,
      code: json.code ?? null,
      data: json.data ?? null,
      retryAfter: response.headers.get("retry-after"),
    };
  }

  pushBody(changes: readonly RawChange[], epoch?: string): object {
    return { device_id: this.#deviceId, changes: changes.map(toWire), ...(epoch === undefined ? {} : { epoch }) };
  }

  async push(
    changes: readonly RawChange[],
    { key = randomUUID(), epoch }: { key?: string; epoch?: string } = {},
  ): Promise<RawReply<PushData>> {
    return await this.send(this.pushBody(changes, epoch), key);
  }

  /** The same bytes again get the same answer, when the key is the same. */
  async send(body: object, key: string): Promise<RawReply<PushData>> {
    return await this.call("POST", "/sync/notes/delta", { body, headers: { "idempotency-key": key } });
  }

  async page(query: string): Promise<RawReply<PageData>> {
    return await this.call("GET", `/sync/notes/delta?${query}`);
  }
}

function toWire({ id, text, kind = "update", base, clientTimestamp }: RawChange) {
  const sealed = Buffer.from(text);
  const envelope =
    kind === "delete"
      ? {}
      : {
          encrypted_record: sealed.toString("base64"),
          record_nonce: randomBytes(24).toString("base64"),
          record_checksum: createHash("sha256").update(sealed).digest("base64"),
        };
  return {
    record_id: id,
    change_type: kind,
    ...envelope,
    ...(base === undefined ? {} : { base_version: base }),
    ...(clientTimestamp === undefined ? {} : { client_timestamp: clientTimestamp }),
  };
}
