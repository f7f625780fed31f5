import type { AuthSecret } from "@owlivion/sync-crypto";
import * as v from "valibot";
import { SyncError } from "../errors.ts";
import { type CborItem, decodeCbor } from "./cbor-decode.ts";
import type { BodyReader } from "./body-reader.ts";
import type { HttpClient, HttpRequest } from "./http-client.ts";
import { readJson } from "./read-json.ts";

/** One call of a route, in the words of the protocol. */
export interface RouteCall {
  readonly method: HttpRequest["method"];
  /** Below `/api/v1`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly token?: string;
  /** The auth secret again, for what needs it. */
  readonly secret?: AuthSecret;
  readonly json?: object;
  readonly cbor?: Uint8Array;
  readonly idempotencyKey?: string;
  readonly accept?: "json" | "cbor" | "stream" | "events";
  readonly idleMs?: number;
  readonly maxBytes?: number;
  readonly signal?: AbortSignal | undefined;
  readonly dataType?: string;
}

const mediaTypes = {
  json: "application/json",
  cbor: "application/cbor",
  stream: "application/x-ndjson",
  events: "text/event-stream",
} as const;

const utf8 = new TextEncoder();

/** What the server answers, checked. */
export async function request<T>(http: HttpClient, call: RouteCall, schema: v.GenericSchema<unknown, T>): Promise<T> {
  const { contentType, requestId, body } = await http.send(toHttp(call));
  const envelope = decode(contentType, body);
  if (!isSuccess(envelope)) throw failure(contentType, envelope, requestId);
  const parsed = v.safeParse(schema, envelope.data, { abortEarly: true, abortPipeEarly: true });
  if (!parsed.success) throw invalidReply(requestId);
  return parsed.output;
}

/** A success that goes on: NDJSON or events. */
export async function requestStream(http: HttpClient, call: RouteCall): Promise<BodyReader> {
  const { contentType, chunks } = await http.open(toHttp(call));
  if (contentType === mediaTypes[call.accept ?? "json"]) return chunks;
  await chunks.return();
  throw new SyncError("NOT_A_SYNC_SERVER");
}

export function toHttp(call: RouteCall): HttpRequest {
  const { cbor, json, signal, maxBytes, idleMs, dataType } = call;
  const query = Object.entries(call.query ?? {}).filter(([, value]) => value !== undefined);
  const search = new URLSearchParams(query.map(([name, value]): [string, string] => [name, String(value)])).toString();
  const body = json === undefined ? cbor : utf8.encode(JSON.stringify(json));
  return {
    method: call.method,
    path: `/api/v1${call.path}${search === "" ? "" : `?${search}`}`,
    headers: {
      accept: mediaTypes[call.accept ?? "json"],
      ...(body === undefined ? {} : { "content-type": mediaTypes[json === undefined ? "cbor" : "json"] }),
      ...(call.token === undefined ? {} : { authorization: `Bearer ${call.token}` }),
      ...(call.secret === undefined ? {} : { "owlivion-password": call.secret.exposeWireText() }),
      ...(call.idempotencyKey === undefined ? {} : { "idempotency-key": call.idempotencyKey }),
    },
    ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> }),
    ...(signal === undefined ? {} : { signal }),
    ...(maxBytes === undefined ? {} : { maxBytes }),
    ...(idleMs === undefined ? {} : { idleMs }),
    ...(dataType === undefined ? {} : { dataType }),
  };
}

/** Undefined when the body is not what it says it is. */
function decode(contentType: string, body: Uint8Array): unknown {
  if (contentType === "application/json") return readJson(body);
  if (contentType !== "application/cbor") return undefined;
  try {
    return decodeCbor(body) as CborItem;
  } catch {
    return undefined;
  }
}

function isSuccess(value: unknown): value is { readonly success: true; readonly data: unknown } {
  return typeof value === "object" && value !== null && "success" in value && value.success === true && "data" in value;
}

/** A success by its status that is none by its body: cut off or broken when it is ours by its type, else a stranger's. */
function failure(contentType: string, envelope: unknown, requestId: string | null): SyncError {
  const isOurType = contentType === "application/json" || contentType === "application/cbor";
  return isOurType && (envelope === undefined || contentType === "application/cbor")
    ? invalidReply(requestId)
    : new SyncError("NOT_A_SYNC_SERVER");
}

function invalidReply(requestId: string | null): SyncError {
  return new SyncError("INVALID_REPLY", requestId === null ? {} : { requestId });
}
