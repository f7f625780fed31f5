import { ErrorReply } from "@owlivion/sync-protocol";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { Decoder } from "cbor-x";
import type { FastifyInstance, InjectOptions } from "fastify";
import type { TestAccount } from "./server.ts";

export type Method = "GET" | "POST" | "PUT" | "DELETE";

/** What of the served OpenAPI document the tests read. */
export interface Operation {
  readonly method: Method;
  /** With `{name}` where a parameter stands. */
  readonly path: string;
  readonly parameters: readonly { name: string; in: "path" | "query" | "header"; required?: boolean; schema: object }[];
  readonly body: object | null;
  readonly security: readonly Record<string, unknown>[];
  readonly responses: Readonly<Record<string, { content?: Record<string, { schema: object }> }>>;
}

export interface Answer<Data = unknown> {
  readonly status: number;
  /** The error's code; null: a success. */
  readonly code: string | null;
  readonly details: unknown;
  readonly data: Data;
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>>;
  readonly bytes: Buffer;
}

export type Call = Omit<InjectOptions, "url" | "method"> & { method?: Method; url: string };

interface OpenApiDocument {
  readonly paths: Record<string, Record<string, unknown>>;
}

const methods: readonly Method[] = ["GET", "POST", "PUT", "DELETE"];
const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
const isErrorReply = ajv.compile(ErrorReply);
const decoder = new Decoder({ useRecords: false, mapsAsObjects: true });

/** Calls the application and holds every answer, success or error, to what its OpenAPI document promises. */
export class Api {
  readonly operations: readonly Operation[];
  readonly #app: FastifyInstance;
  readonly #validators = new Map<object, ValidateFunction>();

  private constructor(app: FastifyInstance, document: OpenApiDocument) {
    this.#app = app;
    this.operations = Object.entries(document.paths).flatMap(([path, item]) =>
      methods.flatMap((method) => {
        const operation = item[method.toLowerCase()] as
          | {
              parameters?: Operation["parameters"];
              requestBody?: { content: Record<string, { schema: object }> };
              security?: Operation["security"];
              responses: Operation["responses"];
            }
          | undefined;
        if (operation === undefined) return [];
        const { parameters = [], requestBody, security = [], responses } = operation;
        const body = requestBody === undefined ? null : (Object.values(requestBody.content)[0]?.schema ?? null);
        return [{ method, path, parameters, body, security, responses }];
      }),
    );
  }

  static async of(app: FastifyInstance): Promise<Api> {
    const reply = await app.inject({ method: "GET", url: "/docs/json" });
    if (reply.statusCode !== 200) throw new Error(`/docs/json answered ${reply.statusCode}`);
    return new Api(app, reply.json<OpenApiDocument>());
  }

  /** With the account's access token, or anonymous. */
  async call<Data = unknown>({ method = "GET", ...call }: Call, account: TestAccount | null): Promise<Answer<Data>> {
    const options: InjectOptions = { method, ...call };
    const reply = await (account === null ? this.#app.inject(options) : account.inject(options));
    const answer = {
      status: reply.statusCode,
      headers: reply.headers,
      bytes: reply.rawPayload,
      ...readBody(reply.rawPayload, String(reply.headers["content-type"] ?? "")),
    };
    const operation = this.operationOf(method, call.url);
    if (operation !== null) this.assertDocumented(operation, answer.status, answer.body, String(call.url));
    else if (!isErrorReply(answer.body)) throw new Error(`${method} ${call.url}: ${JSON.stringify(answer.body)}`);
    return answer as typeof answer & { data: Data };
  }

  /** Throws unless the status is documented for the operation and the body fits its schema. */
  assertDocumented(operation: Operation, status: number, body: unknown, url: string): void {
    const response = operation.responses[String(status)];
    const name = `${operation.method} ${url}`;
    if (response === undefined) throw new Error(`${name}: ${status} is not documented: ${JSON.stringify(body)}`);
    const schema = response.content?.["application/json"]?.schema;
    if (schema === undefined) return;
    let validate = this.#validators.get(schema);
    if (validate === undefined) this.#validators.set(schema, (validate = ajv.compile(schema)));
    if (!validate(body)) {
      throw new Error(`${name}: ${status} does not fit its schema: ${ajv.errorsText(validate.errors)}\n${show(body)}`);
    }
  }

  operationOf(method: Method, url: string): Operation | null {
    const path = url.split("?", 1)[0]!.split("/");
    const fits = this.operations.filter((operation) => {
      const parts = operation.path.split("/");
      return (
        operation.method === method &&
        parts.length === path.length &&
        parts.every((part, i) => part.startsWith("{") || part === path[i])
      );
    });
    const parameters = ({ path: template }: Operation) => template.split("{").length;
    return fits.toSorted((a, b) => parameters(a) - parameters(b))[0] ?? null;
  }
}

function readBody(bytes: Buffer, contentType: string) {
  const isCbor = contentType.startsWith("application/cbor");
  if (!isCbor && !contentType.startsWith("application/json")) {
    return { body: null, code: null, details: undefined, data: undefined };
  }
  const body = isCbor ? toJson(decoder.decode(bytes)) : (JSON.parse(bytes.toString("utf8")) as unknown);
  const fields = body as { success: boolean; code?: string; details?: unknown; data?: unknown };
  return { body, code: fields.code ?? null, details: fields.details, data: fields.data };
}

/** The JSON form of a decoded CBOR reply: byte strings as base64. */
function toJson(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, toJson(field)]));
}

function show(body: unknown): string {
  const text = JSON.stringify(body) ?? "nothing";
  return text.length > 2000 ? `${text.slice(0, 2000)}…` : text;
}
