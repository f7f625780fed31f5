import { Decoder, Encoder } from "cbor-x";

const decoder = new Decoder({ useRecords: false, mapsAsObjects: true });
const encoder = new Encoder({ useRecords: false, mapsAsObjects: true, variableMapSize: true, tagUint8Array: false });

/** A decoded body is whatever the liar makes of it. */
// oxlint-disable-next-line typescript/no-explicit-any -- lies have no schema
export type Body = any;

/** What a device asks, with the body in plain form. */
export interface Asked {
  readonly method: string;
  /** Below `/api/v1`, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  /** Of the access token; null where none was sent. */
  readonly deviceId: string | null;
  readonly bytes: Buffer;
  readonly body: Body;
}

/** What it gets: a decoded body is encoded again by its content type, a Buffer goes out as it is. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Body;
}

const mediaTypeOf = (headers: Readonly<Record<string, string>>): string =>
  (headers["content-type"] ?? "").split(";", 1)[0]!.trim().toLowerCase();

/** The body in plain form; undefined when it has none, or is of another kind. */
export function decodeBody(headers: Readonly<Record<string, string>>, bytes: Buffer): Body {
  if (bytes.length === 0) return undefined;
  if (mediaTypeOf(headers) === "application/json") return JSON.parse(bytes.toString("utf8"));
  if (mediaTypeOf(headers) === "application/cbor") return decoder.decode(bytes);
  return undefined;
}

export function encodeBody({ headers, body }: Answer): Buffer {
  if (Buffer.isBuffer(body)) return body;
  if (body === undefined) return Buffer.alloc(0);
  return mediaTypeOf(headers) === "application/cbor"
    ? encoder.encode(present(body))
    : Buffer.from(JSON.stringify(body));
}

/** Without the fields that are undefined: in JSON they are not there either. */
function present(value: Body): Body {
  if (Array.isArray(value)) return value.map(present);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(fields.map(([name, field]) => [name, present(field)]));
}

/** A success of our own making, in the form the request asked for. */
export function success(asked: Asked, data: Body): Answer {
  const type = asked.headers["accept"] === "application/cbor" ? "application/cbor" : "application/json";
  return { status: 200, headers: { "content-type": type }, body: { success: true, data } };
}

export function refusal(
  status: number,
  code: string,
  details?: Body,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  const body = { success: false, error: "no", code, ...(details === undefined ? {} : { details }) };
  return { status, headers: { "content-type": "application/json", ...headers }, body };
}
