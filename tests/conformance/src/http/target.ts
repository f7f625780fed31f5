import { setTimeout as sleep } from "node:timers/promises";
import { ErrorReply } from "@owlivion/sync-protocol";
import { Decoder, Encoder } from "cbor-x";
import { Value } from "typebox/value";
import type { Contract } from "./contract.ts";

export interface Call {
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  readonly url: string;
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly cbor?: unknown;
  /** A body as it stands, with its content type in the headers. */
  readonly bytes?: Uint8Array | string;
  /** The case asks for 429; else the runner waits as long as it is told, and sends the same again. */
  readonly wantsLimit?: boolean;
  /** Which of several servers; else they take turns. */
  readonly at?: number;
}

export interface Answer<Data = unknown> {
  readonly status: number;
  /** The error's code; null: a success. */
  readonly code: string | null;
  readonly details: unknown;
  readonly data: Data;
  readonly headers: Headers;
  readonly body: unknown;
  readonly bytes: Buffer;
}

const encoder = new Encoder({ useRecords: false, tagUint8Array: false });
const decoder = new Decoder({ useRecords: false, mapsAsObjects: true });
const longWaitSeconds = 5;
const deadlineMs = 60_000;

/** One or several servers of one database. Holds every reply to the contract, and notes what was seen. */
export class Target {
  readonly urls: readonly string[];
  readonly operations = new Set<string>();
  readonly codes = new Set<string>();
  readonly #contract: Contract;
  #calls = 0;

  constructor(urls: readonly string[], contract: Contract) {
    this.urls = urls.map((url) => url.replace(/\/$/, ""));
    this.#contract = contract;
  }

  /** The next server's address; requests alternate. */
  nextUrl(at?: number): string {
    return this.urls[(at ?? this.#calls++) % this.urls.length]!;
  }

  async call<Data = unknown>(call: Call): Promise<Answer<Data>> {
    for (;;) {
      const answer = await this.#send<Data>(call);
      if (answer.status !== 429 || call.wantsLimit === true) return answer;
      const seconds = Number(answer.headers.get("retry-after"));
      if (!Number.isFinite(seconds)) throw new Error(`${call.url}: 429 without Retry-After`);
      if (seconds > longWaitSeconds) {
        console.error(`Rate limit: waiting ${seconds} s. RATE_LIMIT_SCALE=1000000 on the server spares that.`);
      }
      await sleep(seconds * 1000);
    }
  }

  async #send<Data>(call: Call): Promise<Answer<Data>> {
    const method = call.method ?? "GET";
    const { body, type } = encode(call);
    const reply = await fetch(`${this.nextUrl(call.at)}${call.url}`, {
      method,
      headers: {
        ...(type === null ? {} : { "content-type": type }),
        ...(call.token === undefined ? {} : { authorization: `Bearer ${call.token}` }),
        ...call.headers,
      },
      ...(body === null ? {} : { body }),
      signal: AbortSignal.timeout(deadlineMs),
    });
    const bytes = Buffer.from(await reply.arrayBuffer());
    const answer = read<Data>(reply, bytes);
    this.#check(method, call.url, answer);
    return answer;
  }

  #check(method: string, url: string, answer: Answer): void {
    const path = url.split("?", 1)[0]!;
    const operation = this.#contract.find(method, path);
    const name = `${method} ${url}`;
    if (answer.code !== null) this.codes.add(answer.code);
    if (operation === null) {
      if (!Value.Check(ErrorReply, answer.body)) throw new Error(`${name}: ${answer.bytes.toString()}`);
      return;
    }
    this.operations.add(operation.name);
    const type = answer.headers.get("content-type") ?? "";
    const problem = this.#contract.judge(operation, answer.status, type, answer.body);
    if (problem !== null) throw new Error(`${name}: ${problem}`);
  }

  /** A reply that a case read by itself. */
  saw(operation: string, code: string | null): void {
    this.operations.add(operation);
    if (code !== null) this.codes.add(code);
  }
}

function encode({ json, cbor, bytes }: Call): { body: string | Uint8Array<ArrayBuffer> | null; type: string | null } {
  if (json !== undefined) return { body: JSON.stringify(json), type: "application/json" };
  if (cbor !== undefined) return { body: new Uint8Array(encoder.encode(cbor)), type: "application/cbor" };
  if (bytes === undefined) return { body: null, type: null };
  return { body: typeof bytes === "string" ? bytes : new Uint8Array(bytes), type: null };
}

function read<Data>(reply: Response, bytes: Buffer): Answer<Data> {
  const type = reply.headers.get("content-type") ?? "";
  const parts = { status: reply.status, headers: reply.headers, bytes };
  const isCbor = type.startsWith("application/cbor");
  if (!isCbor && !type.startsWith("application/json")) {
    return { ...parts, body: null, code: null, details: undefined, data: undefined as Data };
  }
  const body = isCbor ? toJson(decoder.decode(bytes)) : (JSON.parse(bytes.toString()) as unknown);
  const fields = body as { code?: string; details?: unknown; data: Data };
  return { ...parts, body, code: fields.code ?? null, details: fields.details, data: fields.data };
}

/** The JSON form of a decoded CBOR reply: byte strings as base64. */
function toJson(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, toJson(field)]));
}
