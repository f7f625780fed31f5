import { Decoder, Encoder } from "cbor-x";
import { type DocBlock, readBlocks } from "./doc-blocks.ts";
import type { Likeness } from "./doc-likeness.ts";

/** A request that a page shows in an `http` block, and the answer in the next one, which begins with `HTTP/1.1`. */
export interface DocExchange {
  readonly title: string;
  readonly speaker: string;
  readonly request: HttpText;
  readonly reply: HttpText;
}

interface HttpText {
  readonly start: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

export interface Received {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

export function readExchanges(markdown: string): DocExchange[] {
  const blocks = readBlocks(markdown).filter(({ language }) => language === "http");
  const exchanges: DocExchange[] = [];
  for (let i = 0; i < blocks.length; i += 2) {
    const [request, reply] = [blocks[i]!, blocks[i + 1]];
    if (isReply(request)) throw new Error(`line ${request.line}: an answer without a request`);
    if (reply === undefined || !isReply(reply)) throw new Error(`line ${request.line}: a request without an answer`);
    const read = readHttp(request.text);
    exchanges.push({
      title: `line ${request.line}: ${read.start.split("?", 1)[0]}`,
      speaker: request.speaker,
      request: read,
      reply: readHttp(reply.text),
    });
  }
  return exchanges;
}

const isReply = ({ text }: DocBlock): boolean => text.startsWith("HTTP/1.1 ");

function readHttp(text: string): HttpText {
  const [head = "", ...body] = text.split("\n\n");
  const [start = "", ...headers] = head.split("\n");
  return {
    start,
    headers: headers.map((line): [string, string] => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
    body: body.join("\n\n"),
  };
}

/** Sends the request of a page to a server. The body of an event stream is not read. */
export async function sendExample(base: string, { request }: DocExchange, likeness: Likeness): Promise<Response> {
  const [method = "", path = ""] = likeness.expand(request.start).split(" ");
  const headers = new Headers(request.headers.map(([name, value]): [string, string] => [name, likeness.expand(value)]));
  const isCbor = headers.get("content-type") === "application/cbor";
  const text = request.body === "" ? null : likeness.expand(request.body);
  const body = text !== null && isCbor ? new Uint8Array(encoder.encode(readDiagnostic(text))) : text;
  return await fetch(`${base}${path}`, { method, headers, body });
}

export async function receive(response: Response): Promise<Received> {
  const bytes = Buffer.from(await response.arrayBuffer());
  const type = response.headers.get("content-type") ?? "";
  const body: unknown = type.startsWith("application/json")
    ? JSON.parse(bytes.toString("utf8"))
    : type === "application/cbor"
      ? markBytes(decoder.decode(bytes))
      : bytes.toString("utf8");
  return { status: response.status, headers: response.headers, body };
}

/** Where an answer is unlike the one that a page shows. */
export function unlike({ reply }: DocExchange, received: Received, likeness: Likeness): string[] {
  const status = Number(reply.start.split(" ")[1]);
  return [
    ...(received.status === status ? [] : [`shown ${status}, answered ${received.status} ${show(received.body)}`]),
    ...reply.headers.flatMap(([name, shown]) => {
      const actual = received.headers.get(name);
      return isLikeHeader(shown, actual) ? [] : [`${name}: shown ${shown}, answered ${actual}`];
    }),
    ...(reply.body === "" ? [] : likeness.differences(readBody(reply), received.body)),
  ];
}

/** Numbers count down and up: that there is one is what can be compared. */
function isLikeHeader(shown: string, actual: string | null): boolean {
  const blur = (text: string) => text.replaceAll(/\d+/g, "0");
  return actual !== null && blur(shown) === blur(actual);
}

function readBody({ headers, body }: HttpText): unknown {
  const type = headers.find(([name]) => name === "content-type")?.[1] ?? "application/json";
  if (type === "application/cbor") return markBytes(readDiagnostic(body));
  return type.startsWith("application/json") ? (JSON.parse(body) as unknown) : body;
}

const encoder = new Encoder({ useRecords: false, mapsAsObjects: true, tagUint8Array: false });
const decoder = new Decoder({ useRecords: false, mapsAsObjects: true });

/** CBOR's diagnostic notation, as far as the pages use it: JSON, and byte strings as `h'hex'`. */
function readDiagnostic(text: string): unknown {
  const json = text.replaceAll(/h'([0-9a-f]*)'/g, (_whole, hex: string) => JSON.stringify({ hex }));
  return JSON.parse(json, (_name, value: unknown) => {
    const isBytes = typeof value === "object" && value !== null && "hex" in value && typeof value.hex === "string";
    return isBytes ? Buffer.from(String(value.hex), "hex") : value;
  });
}

/** Byte strings as `{hex}`, to compare and to show. */
function markBytes(value: unknown): unknown {
  if (value instanceof Uint8Array) return { hex: Buffer.from(value).toString("hex") };
  if (Array.isArray(value)) return value.map(markBytes);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, markBytes(field)]));
}

const show = (body: unknown): string => JSON.stringify(body) ?? "";
